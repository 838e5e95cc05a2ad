import { inetProtocols, type Protocol, protocolTitle } from '../model/protocol.ts';
import type { ReportKind } from '../model/report/snapshot.ts';
import type { Listing } from '../model/request/listing.ts';
import { filterFlags } from '../model/request/query.ts';
import { isForPrograms } from '../model/request/view.ts';
import type { FlagName, GivenFlags } from './given-flags.ts';
import { reportFrom } from './report-from.ts';
import { usageError } from './usage.ts';
import { expressionIn } from './words-after-flags.ts';

/** Flags that do not go with another one, and why, unless that is plain. */
export type Refused = readonly (readonly [name: FlagName, why?: string])[];

/** What refuses other flags: one of these flags, or what some of them ask for. */
type Refusing =
  | 'follow'
  | 'live'
  | 'pids'
  | 'answer'
  | 'save'
  | 'diff'
  | 'diagnose'
  | 'metrics'
  | 'serve'
  | 'explain'
  | 'on';

const eitherOr = 'give one of them';
const pidsOnce = 'it prints PIDs, once';
const runRepeatedly = 'it is one answer; run it repeatedly';
const noRows = 'metrics are counts, not rows';
const oneLook = 'it prints the current values once; each scrape reads again';
const nothingRead = 'nothing is read for it';

/** A single answer with all its fields. */
const answer: Refused = [
  ['follow', 'it is one answer; run the two separately'],
  ['continuous', runRepeatedly],
  ['interval', runRepeatedly],
  ['pids'],
  ['columns', 'it has every field'],
];

/** Metrics, printed or served. */
const metrics: Refused = [
  ['json', eitherOr],
  ['route', 'no metric is about routes; -s and -i have some'],
  ['groups', 'no metric is about groups; -s and -i have some'],
  ['columns', noRows],
  ['sort', noRows],
  ['no-header', noRows],
  ['pids', noRows],
  ['peers', 'no metric covers the other end'],
  ['exposure', 'no metric covers it'],
  ['quiet', 'there is always output'],
  ['continuous', oneLook],
  ['interval', oneLook],
  ['wait', oneLook],
  ['wait-gone', oneLook],
  ['follow', oneLook],
  ['live', 'it draws a screen'],
  ['diff', 'compare metrics in the monitoring system'],
  ['ignore', 'it requires --diff or --diagnose'],
  ['diagnose', 'findings are not metrics'],
  ['severity', 'it requires --diagnose'],
];

/** The flags that each refuses, and why. */
export const refusedBy: Readonly<Record<Refusing, Refused>> = {
  follow: [
    ['ignore', "an expression leaves sockets out: 'not ( … )'"],
    ['sort', 'events come in the order of time'],
    ['continuous', 'it repeats by itself; --interval says how often it reads'],
    ['quiet', 'it never ends by itself; --wait waits for a socket'],
    ['pids', 'it prints events; with -p their processes'],
    ['wait', 'it runs until Ctrl-C'],
    ['wait-gone', 'it runs until Ctrl-C'],
  ],
  live: [
    ['format', 'it draws a screen; -c repeats a listing in any format'],
    ['json', 'it draws a screen; -c repeats a listing in any format'],
    ['no-header', 'its header is part of the screen'],
    ['continuous', 'it repeats by itself; --interval says how often it reads'],
    ['quiet', 'it never ends by itself; --wait waits for a socket'],
    ['pids', 'it draws a screen; its column is pid'],
    ['follow', eitherOr],
    ['save', 'W saves the answer to what it asks'],
    ['diff', 'it draws a screen'],
    ['wait', 'it runs until q'],
    ['wait-gone', 'it runs until q'],
  ],
  // It prints a single list in a fixed format.
  pids: [
    ['quiet', pidsOnce],
    ['format', pidsOnce],
    ['json', pidsOnce],
    ['columns', pidsOnce],
    ['continuous', pidsOnce],
    ['wait-gone', pidsOnce],
  ],
  answer,
  save: [...answer, ['quiet'], ['ignore', 'it leaves rows out of a comparison (--diff)']],
  diff: [
    ...answer,
    ['wait', 'it compares what is there now'],
    ['wait-gone', 'it compares what is there now'],
    ['sort', 'differences have an order of their own'],
  ],
  // Findings are not rows, so options for showing rows or repeating them do not apply.
  diagnose: [
    ...([['route'], ['interfaces'], ['groups'], ['statistics']] as const),
    ...([['pids'], ['columns'], ['sort'], ['continuous'], ['interval']] as const),
    ...([['wait'], ['wait-gone'], ['follow'], ['live'], ['save'], ['save-mode']] as const),
  ],
  metrics,
  serve: [
    ['format', 'the client selects the format'],
    ['save', '--format prometheus --save FILE writes a file'],
    ['save-mode', 'it writes no file'],
    ...metrics,
  ],
  // Flags that choose or show sockets, and --proc-root, are ignored, since aliases contain them.
  explain: [
    ['on', 'a state means the same on every machine'],
    ['all-netns', nothingRead],
    ['netns', nothingRead],
    ['route', eitherOr],
    ['interfaces', eitherOr],
    ['groups', eitherOr],
    ['statistics', eitherOr],
    ['diagnose', eitherOr],
    ['follow', eitherOr],
    ['live', eitherOr],
    ['serve', eitherOr],
    ['save', nothingRead],
    ['diff', nothingRead],
    ['wait', nothingRead],
    ['wait-gone', nothingRead],
    ['pids', nothingRead],
    ['json', 'it is text for people'],
    ['format', 'it is text for people'],
  ],
  on: [
    ['proc-root', 'it is a folder of this machine'],
    ['source', 'it says how this machine is read'],
    ['all-netns', 'on other machines, the network that ssh reaches is read'],
    ['netns', 'on other machines, the network that ssh reaches is read'],
    ['pids', 'these would be processes of other machines; --columns host,pid shows both'],
  ],
};

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

/** @throws NetstatError `usage` */
export function refuseBesideFollow(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') throw usageError(`--follow is about sockets, not ${report}`);
  refuse(flags, '--follow', refusedBy.follow);
}

/** @throws NetstatError `usage` */
export function refuseBesideLive(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') {
    throw usageError(`--live is about sockets, not ${report}; -c repeats any report`);
  }
  refuse(flags, '--live', refusedBy.live);
}

/** @throws NetstatError `usage` */
export function refuseBesidePids(flags: GivenFlags): void {
  const report = reportFrom(flags);
  if (report !== 'sockets') throw usageError(`--pids is about sockets, not ${report}`);
  refuse(flags, '--pids', refusedBy.pids);
  if (flags.has('interval') && !flags.has('wait')) {
    throw usageError('--pids cannot be used with --interval, unless --wait is there');
  }
}

/** Flags that only sockets have, besides netstat's own, which other reports ignore. */
export const aboutSockets: readonly FlagName[] = [
  ...filterFlags,
  ...(['exposed', 'bound-inactive', 'tcp-info', 'socket-info', 'peers'] as const),
  ...(['workloads', 'exposure', 'ignore'] as const),
];

/** Flags that say something of sockets of some protocols only. */
const aboutSome: readonly (readonly [name: FlagName, protocols: readonly Protocol[]])[] = [
  ['bound-inactive', ['tcp']],
  ['tcp-info', ['tcp']],
  ['exposure', inetProtocols],
];

/**
 * Refuses what no row of the listing can show. Programs get the same fields and columns, empty, of whatever sockets.
 * @throws NetstatError `usage`
 */
export function refuseWithoutEffect(
  flags: GivenFlags,
  { query, view }: Pick<Listing, 'query' | 'view'>,
): void {
  const { report, protocols, which, filters } = query;
  if (report !== 'sockets' || isForPrograms(view.format)) return;
  for (const [name, having] of aboutSome) {
    if (!flags.has(name) || having.some((one) => protocols.includes(one))) continue;
    throw usageError(
      `--${name} is about ${protocolTitle(having)} sockets, not ${protocolTitle(protocols)}`,
    );
  }
  // States that are named include servers.
  const isWithoutServers = which === 'connected' && filters.state.length === 0;
  if (flags.has('exposure') && isWithoutServers && filters.expression.length === 0) {
    throw usageError('--exposure is about servers: -l lists them, -a all sockets');
  }
}

/** Refuses filters and other options of sockets for the other reports. @throws NetstatError `usage` */
export function refuseSocketOptions(flags: GivenFlags, report: ReportKind): void {
  const given = aboutSockets.find((name) => flags.has(name));
  if (given !== undefined) throw usageError(`--${given} is about sockets, not ${report}`);
  const [word, ...others] = expressionIn(flags);
  if (word === undefined) return;
  const areNames = [word, ...others].every((one) => /^[^\s:/=!<>()]+(?::[^\s:/]+)?$/.test(one));
  if (report === 'interfaces' && areNames) return;
  throw usageError(`${word}: an expression is about sockets, not ${report}`, {
    path: 'expression',
    about: 'expression',
  });
}
