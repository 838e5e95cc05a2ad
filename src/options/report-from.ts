import type { ReportKind } from '../model/report/snapshot.ts';
import type { GivenFlags } from './given-flags.ts';
import { foreignFlag, usageError } from './usage.ts';

/** The flags that select a report other than sockets. */
export const reportFlags = {
  route: 'routes',
  interfaces: 'interfaces',
  groups: 'groups',
  statistics: 'statistics',
} as const satisfies Record<string, ReportKind>;

/**
 * The report that the flags ask for.
 * @throws NetstatError `usage` for more than one
 */
export function reportFrom(flags: GivenFlags): ReportKind {
  const given = (Object.keys(reportFlags) as (keyof typeof reportFlags)[]).filter((name) =>
    flags.has(name),
  );
  const [first, second] = given;
  if (first === undefined) return 'sockets';
  if (second !== undefined) {
    throw foreignFlag(`-${second[0]}`, `--${first} and --${second}: one report at a time`);
  }
  if (first === 'route' && flags.has('cache')) {
    throw usageError('-C: Linux has had no routing cache since 3.6; -r alone lists the routes');
  }
  return reportFlags[first];
}
