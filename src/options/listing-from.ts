import type {
  HostsAsked,
  Listing,
  NetnsAsked,
  Schedule,
  SocketSource,
  Target,
  Wait,
} from '../model/listing.ts';
import type { Query, Which } from '../model/query.ts';
import type { ReportKind } from '../model/snapshot.ts';
import {
  type InetFamily,
  type InetProtocol,
  inetProtocols,
  type Protocol,
} from '../model/socket.ts';
import type { ColorMode, Format, View } from '../model/view.ts';
import { defaultListing, usualHosts } from './default-listing.ts';
import { parseFamily } from './families.ts';
import type { GivenFlags } from './given-flags.ts';
import { shownValue, usageError } from './usage.ts';

/** The flags that select a report other than sockets. */
export const reportFlags = {
  route: 'routes',
  interfaces: 'interfaces',
  groups: 'groups',
  statistics: 'statistics',
} as const satisfies Record<string, ReportKind>;

/** The interval of -c alone, in milliseconds. */
const defaultInterval = 1000;

/**
 * The listing that the flags ask for, as netstat reads them.
 * @throws NetstatError `usage`
 */
export function listingFrom(flags: GivenFlags): Listing {
  if (flags.has('follow')) refuseBesideFollow(flags);
  if (flags.has('live')) refuseBesideLive(flags);
  const query = queryOf(flags);
  return {
    query,
    view: viewOf(flags),
    schedule: scheduleOf(flags),
    target: targetOf(flags),
  };
}

function queryOf(flags: GivenFlags): Query {
  const report = reportOf(flags);
  const sockets = socketsOf(flags);
  if (report !== 'sockets') refuseSocketOptions(flags, report);
  const named = report === 'interfaces' ? expressionIn(flags) : [];
  if (report === 'routes' && sockets.protocols.length === 1 && sockets.protocols[0] === 'unix') {
    throw usageError('-x: UNIX sockets have no routes');
  }
  if (report === 'statistics' && unixAsked(flags)) {
    throw usageError('-x: UNIX sockets have no counters');
  }
  return {
    report,
    ...sockets,
    families: sockets.families ?? (report === 'routes' ? ['inet'] : defaultListing.query.families),
    requiredFamilies: sockets.families ?? ['inet'],
    which: named.length > 0 ? 'all' : whichOf(flags),
    boundInactive: flags.has('bound-inactive'),
    interfaces: named,
    filters: {
      state: flags.values('state'),
      port: flags.values('port'),
      local: flags.values('local'),
      remote: flags.values('remote'),
      pid: flags.values('pid'),
      program: flags.values('program'),
      workload: flags.values('workload'),
      user: flags.values('user'),
      exposed: flags.has('exposed'),
      expression: report === 'sockets' ? expressionIn(flags) : [],
    },
    sort: flags.values('sort'),
  };
}

/** Whether UNIX sockets are asked for by any flag. */
function unixAsked(flags: GivenFlags): boolean {
  return flags.has('unix') || flags.values('protocol').map(parseFamily).includes('unix');
}

function viewOf(flags: GivenFlags): View {
  const format = formatOf(flags);
  if (flags.has('columns') && (format === 'json' || format === 'ndjson')) {
    throw usageError(
      `--columns cannot be used with --format ${format}, which has every field; use jq`,
    );
  }
  if (flags.has('pids')) refuseBesidePids(flags);
  const numeric = flags.has('numeric');
  return {
    format,
    columns: flags.has('columns') ? flags.values('columns') : null,
    header: !flags.has('no-header'),
    color: (flags.value('color') as ColorMode | null) ?? defaultListing.view.color,
    numeric: {
      hosts: numeric || flags.has('numeric-hosts'),
      ports: numeric || flags.has('numeric-ports'),
      // Users of other machines have no names here.
      users: numeric || flags.has('numeric-users') || flags.has('on'),
    },
    programs: flags.has('programs'),
    extend: flags.count('extend'),
    timers: flags.has('timers'),
    tcpInfo: flags.has('tcp-info'),
    socketInfo: flags.has('socket-info'),
    peers: flags.has('peers'),
    workloads: flags.has('workloads'),
    exposure: flags.has('exposure'),
    withNetns: flags.has('all-netns') || flags.has('netns'),
    machines: flags.has('on') ? flags.values('on') : null,
    wide: flags.has('wide'),
    verbose: flags.has('verbose'),
    quiet: flags.has('quiet'),
    pids: flags.has('pids'),
  };
}

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
function refuseBesideFollow(flags: GivenFlags): void {
  const report = reportOf(flags);
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
function refuseBesideLive(flags: GivenFlags): void {
  const report = reportOf(flags);
  if (report !== 'sockets') {
    throw usageError(`--live is about sockets, not ${report}; -c repeats any report`);
  }
  for (const [name, why] of notLive) {
    if (flags.has(name)) throw usageError(`--live cannot be used with --${name}: ${why}`);
  }
}

/** --pids prints a single list in a fixed format. */
function refuseBesidePids(flags: GivenFlags): void {
  const report = reportOf(flags);
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

function scheduleOf(flags: GivenFlags): Schedule {
  const { resolveTimeout } = defaultListing.schedule;
  const wait = waitOf(flags);
  return {
    interval: wait === null ? intervalOf(flags) : null,
    resolveTimeout: resolveTimeoutOf(flags) ?? resolveTimeout,
    wait,
  };
}

/** Milliseconds between two looks. */
const defaultLook = 200;
/** The same for other machines, in milliseconds: each look is a connection. */
const defaultLookElsewhere = 1000;

function waitOf(flags: GivenFlags): Wait | null {
  const [name, other] = (['wait', 'wait-gone'] as const).filter((one) => flags.has(one));
  if (name === undefined) return null;
  if (other !== undefined) throw usageError(`--${name} and --${other}: give one of them`);
  if (flags.has('continuous')) {
    throw usageError(`--${name} cannot be used with -c; --interval says how often it checks`);
  }
  return {
    for: name === 'wait' ? 'there' : 'gone',
    timeout: flags.value(name) === '' ? null : seconds(flags, name, 0),
    every: namedIntervalOf(flags) ?? (flags.has('on') ? defaultLookElsewhere : defaultLook),
  };
}

function reportOf(flags: GivenFlags): ReportKind {
  const given = (Object.keys(reportFlags) as (keyof typeof reportFlags)[]).filter((name) =>
    flags.has(name),
  );
  const [first, second] = given;
  if (first === undefined) return 'sockets';
  if (second !== undefined) {
    throw usageError(`--${first} and --${second}: one report at a time`, `-${second[0]}`);
  }
  if (first === 'route' && flags.has('cache')) {
    throw usageError('-C: Linux has had no routing cache since 3.6; -r alone lists the routes');
  }
  return reportFlags[first];
}

/** Refuses filters and other options of sockets for the other reports; netstat's own flags are ignored. */
function refuseSocketOptions(flags: GivenFlags, report: ReportKind): void {
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

/** Whether the first word is the interval of -c, as in other netstats: no expression begins with a number. */
function isInterval(flags: GivenFlags): boolean {
  const [first = ''] = flags.words;
  return flags.has('continuous') && !flags.has('interval') && /^(?:\d+\.?\d*|\.\d+)$/.test(first);
}

function expressionIn(flags: GivenFlags): readonly string[] {
  return isInterval(flags) ? flags.words.slice(1) : flags.words;
}

function socketsOf(flags: GivenFlags): Pick<Query, 'protocols' | 'protocolsNamed'> & {
  /** null: no family was named. */
  readonly families: readonly InetFamily[] | null;
} {
  const named = inetProtocols.filter((protocol: InetProtocol) => flags.has(protocol));
  const asked = new Set(flags.values('protocol').map(parseFamily));
  if (flags.has('inet')) asked.add('inet');
  if (flags.has('inet6')) asked.add('inet6');
  if (unixAsked(flags)) asked.add('unix');
  const families = (['inet', 'inet6'] as const).filter((family: InetFamily) => asked.has(family));

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

function whichOf(flags: GivenFlags): Which {
  if (flags.has('all')) return 'all';
  if (flags.has('listening') || flags.has('exposed')) return 'listening';
  // Servers open and close as well.
  if (flags.has('follow')) return 'all';
  // A question whether something exists includes servers. A table stays as in netstat.
  const isAsked = (['quiet', 'wait', 'wait-gone'] as const).some((name) => flags.has(name));
  const mayMeanServers =
    expressionIn(flags).length > 0 || alsoOfServers.some((name) => flags.has(name));
  return isAsked && mayMeanServers ? 'all' : 'connected';
}

function formatOf(flags: GivenFlags): Format {
  const format = flags.value('format') as Format | null;
  if (!flags.has('json')) return format ?? defaultListing.view.format;
  if (format !== null && format !== 'json') {
    throw usageError(`--json and --format ${format}: give one of them`);
  }
  return 'json';
}

function intervalOf(flags: GivenFlags): number | null {
  const behind = isInterval(flags) ? parseSeconds('-c', flags.words[0] as string, 0.001) : null;
  const interval = behind ?? namedIntervalOf(flags);
  const goesOn = flags.has('continuous') || flags.has('follow') || flags.has('live');
  return interval ?? (goesOn ? defaultInterval : null);
}

function targetOf(flags: GivenFlags): Target {
  const procRoot = procRootOf(flags);
  const socketSource =
    (flags.value('source') as SocketSource | null) ?? defaultListing.target.socketSource;
  if (procRoot !== null && socketSource === 'netlink') {
    throw usageError(
      '--source netlink cannot be used with --proc-root: only this machine answers it',
    );
  }
  return { procRoot, socketSource, netns: netnsOf(flags), hosts: hostsOf(flags) };
}

/** Flags that --on refuses, and why. */
const notElsewhere = [
  ['proc-root', 'it is a folder of this machine'],
  ['source', 'it says how this machine is read'],
  ['all-netns', 'on other machines, the network that ssh reaches is read'],
  ['netns', 'on other machines, the network that ssh reaches is read'],
  ['pids', 'these would be processes of other machines; --columns host,pid shows both'],
] as const;

/** Flags that require --on. */
const besideOn = ['on-timeout', 'on-parallel', 'strict'] as const;

/** Maximum number of concurrent ssh processes. */
const maxAtOnce = 256;

/** The machines of --on as given; `@FILE` is expanded later, by code that may read files. */
function hostsOf(flags: GivenFlags): HostsAsked | null {
  if (!flags.has('on')) {
    const alone = besideOn.find((name) => flags.has(name));
    if (alone !== undefined) throw usageError(`--${alone} requires --on`);
    return null;
  }
  for (const [name, why] of notElsewhere) {
    if (flags.has(name)) throw usageError(`--on cannot be used with --${name}: ${why}`);
  }
  const names = flags.values('on');
  if (names.length === 0 || names.includes('')) {
    throw usageError('--on: expected a machine, found nothing');
  }
  const parallel = flags.value('on-parallel');
  const atOnce = parallel === null ? usualHosts.atOnce : Number(parallel);
  if (parallel !== null && !(/^\d+$/.test(parallel) && atOnce >= 1 && atOnce <= maxAtOnce)) {
    throw usageError(
      `--on-parallel ${shownValue(parallel)}: expected a whole number from 1 to ${maxAtOnce}`,
    );
  }
  const timeout = seconds(flags, 'on-timeout', 0.001) ?? usualHosts.timeout;
  return { names, timeout, atOnce, strict: flags.has('strict') };
}

function netnsOf(flags: GivenFlags): NetnsAsked {
  const name = flags.value('netns');
  if (name === null) return flags.has('all-netns') ? 'all' : 'own';
  if (flags.has('all-netns')) throw usageError('--all-netns and --netns: give one of them');
  if (name === '') throw usageError('--netns: expected a name, a PID or a path, found nothing');
  return { name };
}

function procRootOf(flags: GivenFlags): string | null {
  const root = flags.value('proc-root');
  // An empty root would make /net of it, another folder.
  if (root === '') throw usageError('--proc-root: expected a folder, found nothing');
  return root;
}

/** A flag's number of seconds as milliseconds; null if it is not given. */
function seconds(
  flags: GivenFlags,
  name: 'interval' | 'resolve-timeout' | 'wait' | 'wait-gone' | 'on-timeout',
  least: number,
): number | null {
  const text = flags.value(name);
  return text === null ? null : parseSeconds(`--${name}`, text, least);
}

/**
 * Checks the values of --interval and --resolve-timeout.
 * @throws NetstatError `usage`
 */
export function checkSeconds(flags: GivenFlags): void {
  namedIntervalOf(flags);
  resolveTimeoutOf(flags);
}

const namedIntervalOf = (flags: GivenFlags) => seconds(flags, 'interval', 0.001);
const resolveTimeoutOf = (flags: GivenFlags) => seconds(flags, 'resolve-timeout', 0);

/** setTimeout counts milliseconds in 31 bits. */
const maxSeconds = 2_147_483;

/** @throws NetstatError `usage` */
function parseSeconds(flag: string, text: string, least: number): number {
  const value = /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= maxSeconds)) {
    throw usageError(
      `${flag} ${shownValue(text)}: expected a number of seconds, ${least} to ${maxSeconds}`,
    );
  }
  return value * 1000;
}
