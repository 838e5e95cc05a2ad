import { withoutCounters } from '../model/machine/counter.ts';
import { type InetFamily, inetProtocols, type Protocol } from '../model/protocol.ts';
import type { ReportKind } from '../model/report/snapshot.ts';
import { filtersOf, type Query, type Which } from '../model/request/query.ts';
import { defaultListing } from './default-listing.ts';
import { parseFamily } from './families.ts';
import type { GivenFlags } from './given-flags.ts';
import { refuseSocketOptions } from './refusals.ts';
import { reportFrom } from './report-from.ts';
import { usageError } from './usage.ts';
import { expressionIn, isEmptyExpression } from './words-after-flags.ts';

/**
 * Which facts the flags ask for.
 * @throws NetstatError `usage`
 */
export function queryFrom(flags: GivenFlags): Query {
  const report = reportFrom(flags);
  const sockets = socketsOf(flags);
  if (report !== 'sockets') refuseSocketOptions(flags, report);
  const named = report === 'interfaces' ? expressionIn(flags) : [];
  if (unixAsked(flags)) {
    if (report === 'routes') throw usageError('-x: UNIX sockets have no routes');
    if (report === 'statistics') throw usageError(`-x: ${withoutCounters}`);
  }
  return {
    report,
    ...sockets,
    families: sockets.families ?? (report === 'routes' ? ['inet'] : defaultListing.query.families),
    requiredFamilies: sockets.families ?? ['inet'],
    which: named.length > 0 ? 'all' : whichOf(flags),
    boundInactive: flags.has('bound-inactive'),
    interfaces: named,
    filters: filtersOf((name) => {
      if (name !== 'expression') return flags.values(name);
      return report === 'sockets' ? expressionIn(flags) : [];
    }, flags.has('exposed')),
    sort: flags.values('sort'),
  };
}

/** Whether UNIX sockets are asked for by any flag. */
function unixAsked(flags: GivenFlags): boolean {
  return flags.has('unix') || flags.values('protocol').map(parseFamily).includes('unix');
}

function socketsOf(flags: GivenFlags): Pick<Query, 'protocols' | 'protocolsNamed'> & {
  /** null: no family was named. */
  readonly families: readonly InetFamily[] | null;
} {
  const named = inetProtocols.filter((protocol) => flags.has(protocol));
  const asked = new Set(flags.values('protocol').map(parseFamily));
  if (flags.has('inet')) asked.add('inet');
  if (flags.has('inet6')) asked.add('inet6');
  if (flags.has('unix')) asked.add('unix');
  const families = (['inet', 'inet6'] as const).filter((family) => asked.has(family));

  const everything = named.length === 0 && asked.size === 0;
  const inet = everything || named.length > 0 || families.length > 0;
  const protocols: Protocol[] = inet ? [...(named.length > 0 ? named : inetProtocols)] : [];
  if (everything || asked.has('unix')) protocols.push('unix');
  return {
    protocols,
    protocolsNamed: named.length > 0 || (asked.has('unix') && !inet),
    families: families.length > 0 ? families : null,
  };
}

/** Filters that match servers as well as connections. */
const alsoOfServers = ['port', 'local', 'pid', 'program', 'workload', 'user'] as const;

/** Flags that turn a listing into a question. */
const questions = ['quiet', 'wait', 'wait-gone', 'pids'] as const;

/**
 * Refuses an empty expression in a question, which would be one about every socket: scripts kill what --pids answers. So
 * it is with the names of interfaces. Listings leave them out, as netstat does.
 * @throws NetstatError `usage`
 */
export function refuseEmptyQuestion(flags: GivenFlags, report: ReportKind): void {
  if (report !== 'sockets' && report !== 'interfaces') return;
  const question = questions.find((name) => flags.has(name));
  if (question === undefined || !isEmptyExpression(flags)) return;
  const [words, row] = report === 'sockets' ? ['expression', 'socket'] : ['name', 'interface'];
  throw usageError(`--${question}: the ${words} is empty; leave it out to ask about every ${row}`);
}

function whichOf(flags: GivenFlags): Which {
  if (flags.has('all')) return 'all';
  if (flags.has('listening') || flags.has('exposed')) return 'listening';
  // Servers open and close as well.
  if (flags.has('follow')) return 'all';
  // A question whether something exists, or who holds it, includes servers. A table stays as in netstat.
  const isAsked = questions.some((name) => flags.has(name));
  const mayMeanServers =
    expressionIn(flags).length > 0 || alsoOfServers.some((name) => flags.has(name));
  return isAsked && mayMeanServers ? 'all' : 'connected';
}
