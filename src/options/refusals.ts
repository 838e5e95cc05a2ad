import type { ReportKind } from '../model/report/snapshot.ts';
import type { FlagName, GivenFlags } from './given-flags.ts';
import { reportFrom } from './report-from.ts';
import { usageError } from './usage.ts';
import { expressionIn } from './words-after-flags.ts';

/** Flags that do not go with another one, and why, unless that is plain. */
export type Refused = readonly (readonly [name: FlagName, why?: string])[];

/** Refuses flags beside the one that is called `by`. @throws NetstatError `usage` */
export function refuse(flags: GivenFlags, by: string, refused: Refused): void {
  for (const [name, why] of refused) {
    if (!flags.has(name)) continue;
    throw usageError(`${by} cannot be used with --${name}${why === undefined ? '' : `: ${why}`}`);
  }
}

/** Refuses flags that mean something only beside another one. @throws NetstatError `usage` */
export function refuseAlone(flags: GivenFlags, names: readonly FlagName[], required: string): void {
  const alone = names.find(flags.has);
  if (alone !== undefined) throw usageError(`--${alone} requires ${required}`);
}

/** Flags that --follow refuses, and why. */
export const notFollowed: Refused = [
  ['sort', 'events come in the order of time'],
  ['continuous', 'it repeats by itself; --interval says how often it reads'],
  ['quiet', 'it never ends by itself; --wait waits for a socket'],
  ['pids', 'it prints events; with -p their processes'],
  ['wait', 'it runs until Ctrl-C'],
  ['wait-gone', 'it runs until Ctrl-C'],
];

/** @throws NetstatError `usage` */
export function refuseBesideFollow(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') throw usageError(`--follow is about sockets, not ${report}`);
  refuse(flags, '--follow', notFollowed);
}

/** Flags that --live refuses, and why. */
export const notLive: Refused = [
  ['format', 'it draws a screen; -c repeats a listing in any format'],
  ['json', 'it draws a screen; -c repeats a listing in any format'],
  ['no-header', 'its header is part of the screen'],
  ['continuous', 'it repeats by itself; --interval says how often it reads'],
  ['quiet', 'it never ends by itself; --wait waits for a socket'],
  ['pids', 'it draws a screen; its column is pid'],
  ['follow', 'give one of them'],
  ['save', 'W saves what is shown'],
  ['diff', 'it draws a screen'],
  ['wait', 'it runs until q'],
  ['wait-gone', 'it runs until q'],
];

/** @throws NetstatError `usage` */
export function refuseBesideLive(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') {
    throw usageError(`--live is about sockets, not ${report}; -c repeats any report`);
  }
  refuse(flags, '--live', notLive);
}

const pidsOnce = 'it prints PIDs, once';

/** Flags that --pids refuses, and why: it prints a single list in a fixed format. */
export const notWithPids: Refused = [
  ['quiet', pidsOnce],
  ['format', pidsOnce],
  ['json', pidsOnce],
  ['columns', pidsOnce],
  ['continuous', pidsOnce],
  ['wait-gone', pidsOnce],
];

/** @throws NetstatError `usage` */
export function refuseBesidePids(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') throw usageError(`--pids is about sockets, not ${report}`);
  refuse(flags, '--pids', notWithPids);
  if (flags.has('interval') && !flags.has('wait')) {
    throw usageError('--pids cannot be used with --interval, unless --wait is there');
  }
}

/** Flags that only sockets have, besides netstat's own, which other reports ignore. */
export const aboutSockets: readonly FlagName[] = [
  ...(['state', 'port', 'local', 'remote', 'pid', 'program', 'workload', 'user'] as const),
  ...(['exposed', 'bound-inactive', 'tcp-info', 'socket-info', 'peers'] as const),
  ...(['workloads', 'exposure', 'ignore'] as const),
];

/** Refuses filters and other options of sockets for the other reports. @throws NetstatError `usage` */
export function refuseSocketOptions(flags: GivenFlags, report: ReportKind): void {
  const given = aboutSockets.find((name) => flags.has(name));
  if (given !== undefined) throw usageError(`--${given} is about sockets, not ${report}`);
  const [word, ...others] = expressionIn(flags);
  if (word === undefined) return;
  const areNames = [word, ...others].every((one) => /^[^\s:/=!<>()]+(?::[^\s:/]+)?$/.test(one));
  if (report === 'interfaces' && areNames) return;
  throw usageError(`${word}: an expression is about sockets, not ${report}`, {
    ...{ path: 'expression', about: 'expression' },
  });
}
