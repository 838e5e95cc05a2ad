import type { ReportKind } from '../model/snapshot.ts';
import type { GivenFlags } from './given-flags.ts';
import { reportFrom } from './report-from.ts';
import { usageError } from './usage.ts';
import { expressionIn } from './words-after-flags.ts';

/** Flags that --follow refuses, and why. */
const notFollowed = [
  ['sort', 'events come in the order of time'],
  ['continuous', 'it repeats by itself; --interval says how often it reads'],
  ['quiet', 'it never ends by itself; --wait waits for a socket'],
  ['pids', 'it prints events; with -p their processes'],
  ['wait', 'it runs until Ctrl-C'],
  ['wait-gone', 'it runs until Ctrl-C'],
] as const;

/** @throws NetstatError `usage` */
export function refuseBesideFollow(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') throw usageError(`--follow is about sockets, not ${report}`);
  for (const [name, why] of notFollowed) {
    if (flags.has(name)) throw usageError(`--follow cannot be used with --${name}: ${why}`);
  }
  if (flags.value('format') === 'table') {
    throw usageError(
      '--follow cannot be used with --format table: a box would never end; use netstat, ndjson or csv, with a line per event',
    );
  }
}

/** Flags that --live refuses, and why. */
const notLive = [
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
] as const;

/** @throws NetstatError `usage` */
export function refuseBesideLive(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') {
    throw usageError(`--live is about sockets, not ${report}; -c repeats any report`);
  }
  for (const [name, why] of notLive) {
    if (flags.has(name)) throw usageError(`--live cannot be used with --${name}: ${why}`);
  }
}

/** --pids prints a single list in a fixed format. */
export function refuseBesidePids(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') throw usageError(`--pids is about sockets, not ${report}`);
  const others = ['quiet', 'format', 'json', 'columns', 'continuous', 'wait-gone'] as const;
  const other = others.find((name) => flags.has(name));
  if (other !== undefined) {
    throw usageError(`--pids cannot be used with --${other}: it prints PIDs, once`);
  }
  if (flags.has('interval') && !flags.has('wait')) {
    throw usageError('--pids cannot be used with --interval, unless --wait is there');
  }
}

/** Refuses filters and other options of sockets for the other reports; netstat's own flags are ignored. */
export function refuseSocketOptions(flags: GivenFlags, report: ReportKind): void {
  const filters = [
    'state',
    'port',
    'local',
    'remote',
    'pid',
    'program',
    'workload',
    'user',
    'exposed',
    'bound-inactive',
    'tcp-info',
    'socket-info',
    'peers',
    'workloads',
    'exposure',
    'ignore',
  ] as const;
  const given = filters.find((name) => flags.has(name));
  if (given !== undefined) throw usageError(`--${given} is about sockets, not ${report}`);
  const [word, ...others] = expressionIn(flags);
  if (word === undefined) return;
  const areNames = [word, ...others].every((one) => /^[^\s:/=!<>()]+(?::[^\s:/]+)?$/.test(one));
  if (report === 'interfaces' && areNames) return;
  throw usageError(`${word}: an expression is about sockets, not ${report}`, 'expression');
}
