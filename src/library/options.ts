import { errorNaming, NetstatError } from '../errors.ts';
import { withoutCounters } from '../model/machine/counter.ts';
import type { InetFamily, Protocol } from '../model/protocol.ts';
import {
  longestTimer,
  type MachinesAsked,
  type NetnsAsked,
  type SocketSource,
  socketSources,
  type Target,
  usualInterval,
} from '../model/request/listing.ts';
import { filtersOf, type Query, type Which } from '../model/request/query.ts';
import { remoteNameProblem } from '../model/request/remote-name.ts';
import { defaultListing, usualMachines } from '../options/default-listing.ts';
import { didYouMean, nearNames } from '../text/near-names.ts';

const { query: defaults } = defaultListing;
const { socketSource: usualSource } = defaultListing.target;

/** One value, or a list of values. */
export type OneOrMore<T> = T | readonly T[];

/** Options of every report. */
export interface ReportOptions {
  /** Only these families, if any; default both. UNIX sockets belong to none. */
  readonly families?: readonly InetFamily[] | undefined;
  /** Linux: another /proc, such as a container host's or a captured one. */
  readonly procRoot?: string | undefined;
  /**
   * Linux: `'all'` for every network namespace that can be found, this process's own first; or one, by its name in
   * `ip netns`, by the PID of a process in it, or by the path of a file that refers to it. Each row then has
   * `netns`. Default: this process's own.
   */
  readonly netns?: string | undefined;
  /**
   * Linux machines to read over ssh instead of this one, as ssh(1) takes them: `HOST`, `USER@HOST` or
   * `ssh://USER@HOST:PORT`. Each row and each warning then has `host`. A machine that does not answer is a warning
   * with the code `host-failed`; only if none answers is it an error.
   */
  readonly on?: readonly string[] | undefined;
  /** Timeout for each of these machines, in milliseconds; default 10000. */
  readonly onTimeout?: number | undefined;
  /** Aborts the reading: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Which counters to read. */
export interface StatisticsOptions extends ReportOptions {
  /** Only the counters of these protocols, if any; default all. One without counters is an error. */
  readonly protocols?: readonly Protocol[] | undefined;
}

/** Which interfaces to read. */
export interface InterfaceOptions extends ReportOptions {
  /** Only the interfaces with these names, each of which must exist; default all. */
  readonly names?: OneOrMore<string> | undefined;
}

/** Which sockets to list, and what to read about them. Several filters must all match; an empty list is no filter. */
export interface SocketOptions extends ReportOptions {
  /** Socket tables to read, if any; default all that the platform has. */
  readonly protocols?: readonly Protocol[] | undefined;
  /**
   * Linux: how sockets are read, from `'proc'` files or over `'netlink'`. Default `'auto'`: from files, unless only
   * netlink has the data or is faster.
   */
  readonly source?: SocketSource | undefined;
  /** `connected`, `listening` or (the default) `all`. */
  readonly which?: Which | undefined;
  /** Add every process that holds each socket: walks through all processes. Default false. */
  readonly owners?: boolean | undefined;
  /** Add the kernel's `tcp_info` of each TCP connection (`tcpInfo`): live Linux only. Default false. */
  readonly tcpInfo?: boolean | undefined;
  /** Add memory, drops, mark, cookie and accept queue of each socket: Linux only. Default false. */
  readonly socketInfo?: boolean | undefined;
  /** Include TCP sockets that are bound but neither listening nor connected: Linux and Windows. Default false. */
  readonly boundInactive?: boolean | undefined;
  /**
   * Add the processes at the other end of each socket (`peer`), if it is on this machine, and every owner: reads
   * every socket of the protocols and walks through all processes. Default false.
   */
  readonly peers?: boolean | undefined;
  /**
   * Add what each socket belongs to (`workload`): a container, a pod, a unit, a service; and every owner. Linux and
   * Windows. Default false.
   */
  readonly workloads?: boolean | undefined;
  /** Add from where each server can be reached (`exposure`), and every owner: Linux. Default false. */
  readonly exposure?: boolean | undefined;
  /** In any of these states: `LISTEN`, `established`, or ss's groups (`connected`, `synchronized` …). */
  readonly state?: OneOrMore<string> | undefined;
  /** Port of either end: 443, 'https', '8000-8100'. */
  readonly port?: OneOrMore<string | number> | undefined;
  /** Local address and port: 'ADDR[/LEN][:PORT]', or a host's name in place of the address, which is looked up. */
  readonly local?: OneOrMore<string> | undefined;
  /** The same of the remote end. */
  readonly remote?: OneOrMore<string> | undefined;
  readonly pid?: OneOrMore<number> | undefined;
  /** The program's exact name; `*` matches anything. */
  readonly program?: OneOrMore<string> | undefined;
  /** A workload's name, such as `docker:web` or `unit:ssh*`; `*` matches anything. */
  readonly workload?: OneOrMore<string> | undefined;
  /** User name or UID. */
  readonly user?: OneOrMore<string | number> | undefined;
  /** Only sockets that listen beyond loopback. */
  readonly exposed?: boolean | undefined;
  /** An expression in ss's grammar: `dport = :443 and not dst 10.0.0.0/8`. */
  readonly expression?: string | undefined;
}

/** The options of `SocketOptions` that choose sockets, for answers that do not list them one by one. */
export type Choice = Omit<
  SocketOptions,
  ('owners' | 'tcpInfo' | 'socketInfo' | 'boundInactive') | ('peers' | 'workloads' | 'exposure')
>;

/** Which sockets to follow, and what to read about them. */
export interface FollowOptions extends SocketOptions {
  /** Milliseconds between two readings; default 1000. */
  readonly interval?: number | undefined;
}

/** The values that an option takes. */
export interface Kind {
  /** In words, for the error message. */
  readonly expected: string;
  readonly allows: (value: unknown) => boolean;
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isNumber = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTextOrNumber = (value: unknown) => isText(value) || isNumber(value);

/** A kind that allows one of these words. */
export function oneOf(all: readonly string[]): Kind {
  const allows = (value: unknown) => all.includes(value as string);
  return { expected: `one of ${all.join(', ')}`, allows };
}

function listOf(all: readonly string[]): Kind {
  const one = oneOf(all);
  return {
    expected: `a list of ${all.join(', ')}`,
    allows: (value) => Array.isArray(value) && value.every(one.allows),
  };
}

function oneOrMore(what: string, isOne: (value: unknown) => boolean): Kind {
  return {
    expected: `${what}, or a list of such`,
    allows: (value) => isOne(value) || (Array.isArray(value) && value.every(isOne)),
  };
}

const text: Kind = { expected: 'a text that is not empty', allows: isText };
export const yesOrNo: Kind = {
  expected: 'true or false',
  allows: (value) => typeof value === 'boolean',
};
const texts = oneOrMore('a text that is not empty', isText);
const textsOrNumbers = oneOrMore('a text that is not empty, a whole number', isTextOrNumber);

/** Milliseconds that a timer can wait. */
export const period: Kind = {
  expected: `a number of milliseconds, 1 to ${longestTimer}`,
  allows: (value) => typeof value === 'number' && value >= 1 && value <= longestTimer,
};

/** The options of every report. */
export const reportKinds = {
  families: listOf(defaults.families),
  procRoot: text,
  netns: text,
  on: {
    expected: 'a list of machines, as ssh takes them, that is not empty',
    allows: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  },
  onTimeout: period,
  signal: { expected: 'an AbortSignal', allows: (value) => value instanceof AbortSignal },
} satisfies Record<keyof ReportOptions, Kind>;

const protocols = listOf(defaults.protocols);

const statisticsKinds = {
  ...reportKinds,
  protocols,
} satisfies Record<keyof StatisticsOptions, Kind>;

const interfaceKinds = {
  ...reportKinds,
  names: texts,
} satisfies Record<keyof InterfaceOptions, Kind>;

/** Those that choose sockets. */
export const choiceKinds = {
  ...reportKinds,
  protocols,
  source: oneOf(socketSources),
  which: oneOf(['all', 'connected', 'listening'] satisfies Which[]),
  state: texts,
  port: textsOrNumbers,
  local: texts,
  remote: texts,
  pid: oneOrMore('a whole number', isNumber),
  program: texts,
  workload: texts,
  user: textsOrNumbers,
  exposed: yesOrNo,
  expression: { expected: 'a text', allows: (value) => typeof value === 'string' },
} satisfies Record<keyof Choice, Kind>;

/** Those that also say what is wanted of each socket. */
export const socketKinds = {
  ...choiceKinds,
  owners: yesOrNo,
  tcpInfo: yesOrNo,
  socketInfo: yesOrNo,
  boundInactive: yesOrNo,
  peers: yesOrNo,
  workloads: yesOrNo,
  exposure: yesOrNo,
} satisfies Record<keyof SocketOptions, Kind>;

const followKinds = {
  ...socketKinds,
  interval: period,
} satisfies Record<keyof FollowOptions, Kind>;

/** Any number of milliseconds, 0 or more. */
export const time: Kind = {
  expected: 'milliseconds',
  allows: (value) => typeof value === 'number' && value >= 0,
};

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  // JSON has nothing of a promise or a Map.
  if (isOfClass(value)) return Object.prototype.toString.call(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value;
  }
}

/** Whether a value is an object of another kind than those with properties of one's own, and arrays. */
function isOfClass(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !/^\[object (?:Object|Array|Module)\]$/.test(Object.prototype.toString.call(value))
  );
}

/**
 * Checks options at run time, since types do not protect callers from JavaScript. Returns a copy that has them all as
 * its own, also those inherited, such as from defaults by Object.create; what the caller changes later does not
 * matter.
 * @throws NetstatError `usage` for an unknown option, or a value of the wrong kind
 */
export function checkedCopy<T extends object>(
  options: T,
  kinds: Readonly<Record<keyof T & string, Kind>>,
): T {
  // A promise of options would count as none.
  const isNone = typeof options !== 'object' || options === null || Array.isArray(options);
  if (isNone || isOfClass(options)) throw refusal('options', 'expected an object', options);
  for (const name of namesIn(options)) {
    if (Object.hasOwn(kinds, name)) continue;
    const names = Object.keys(kinds);
    const question = didYouMean(nearNames(name, names));
    const known = `${question === '' ? '' : ` (${question})`}; there are ${names.join(', ')}`;
    throw errorNaming('usage', name, `not an option${known}`);
  }
  const copy: Partial<Record<string, unknown>> = {};
  for (const [name, kind] of Object.entries<Kind>(kinds)) {
    const given: unknown = options[name as keyof T];
    if (given === undefined) continue;
    const value = Array.isArray(given) ? [...given] : given;
    checkOne(name, value, kind);
    copy[name] = value;
  }
  return copy as T;
}

/** The names of all options, also those inherited; not what a polyfill has added to every object. */
function namesIn(options: object): readonly string[] {
  const names: string[] = [];
  for (const name in options) {
    if (Object.hasOwn(options, name) || !Object.hasOwn(Object.prototype, name)) names.push(name);
  }
  return names;
}

/** Checks a single value. @throws NetstatError `usage` */
export function checkOne(name: string, value: unknown, kind: Kind): void {
  if (!kind.allows(value)) throw refusal(name, `expected ${kind.expected}`, value);
}

function refusal(name: string, expected: string, found: unknown): NetstatError {
  return errorNaming('usage', name, `${expected}, found ${shown(found)}`);
}

/** What the options of a report ask for: the query, the target, and what to add to each row. */
export interface CheckedOptions {
  readonly query: Omit<Query, 'report'>;
  readonly target: Target;
  readonly signal: AbortSignal | undefined;
  readonly owners: boolean;
  readonly tcpInfo: boolean;
  readonly socketInfo: boolean;
  readonly peers: boolean;
  readonly workloads: boolean;
  readonly exposure: boolean;
  /** Keep beside each row what `keptDevice` and `takesIpv4` tell. Default false. */
  readonly devices?: boolean;
}

/** Checks and translates the options that every report takes. @throws NetstatError `usage` */
export function reportAsked(options: ReportOptions): CheckedOptions {
  return asked(checkedCopy(options, reportKinds));
}

/** Checks and translates the options of `statistics`. @throws NetstatError `usage` */
export function statisticsAsked(options: StatisticsOptions): CheckedOptions {
  const { protocols, ...given } = checkedCopy(options, statisticsKinds);
  const { query, ...rest } = asked(given);
  if (protocols?.includes('unix')) {
    throw errorNaming('usage', 'protocols', withoutCounters);
  }
  return { ...rest, query: { ...query, ...protocolsAsked(protocols) } };
}

/** Checks and translates the options of `interfaces`. @throws NetstatError `usage` */
export function interfacesAsked(options: InterfaceOptions): CheckedOptions {
  const { names, ...given } = checkedCopy(options, interfaceKinds);
  const { query, ...rest } = asked(given);
  return { ...rest, query: { ...query, interfaces: words(names) } };
}

/** Checks and translates the options of `snapshot`. @throws NetstatError `usage` */
export function socketsAsked(options: SocketOptions): CheckedOptions {
  return socketsOf(checkedCopy(options, socketKinds));
}

/** Checks and translates the options of `follow`. @throws NetstatError `usage` */
export function followAsked(
  options: FollowOptions,
): CheckedOptions & { readonly interval: number } {
  const { interval = usualInterval, ...given } = checkedCopy(options, followKinds);
  return { ...socketsOf(given), interval };
}

/** Translates options that are checked already. @throws NetstatError `usage` */
export function socketsOf(options: SocketOptions): CheckedOptions {
  const { query, target, signal } = asked(options);
  return {
    query: {
      ...query,
      ...protocolsAsked(options.protocols),
      which: options.which ?? 'all',
      boundInactive: options.boundInactive ?? false,
      filters: filtersOf((name) => words(options[name]), options.exposed),
    },
    target: { ...target, socketSource: sourceAsked(options) },
    signal,
    owners: options.owners ?? false,
    tcpInfo: options.tcpInfo ?? false,
    socketInfo: options.socketInfo ?? false,
    peers: options.peers ?? false,
    workloads: options.workloads ?? false,
    exposure: options.exposure ?? false,
  };
}

function asked(options: ReportOptions): CheckedOptions {
  const { families, procRoot, netns, signal } = options;
  return {
    query: {
      ...defaults,
      families: families ?? defaults.families,
      requiredFamilies: families ?? [],
    },
    target: {
      ...defaultListing.target,
      procRoot: procRoot ?? null,
      netns: netnsAsked(netns),
      machines: machinesAsked(options),
    },
    signal,
    owners: false,
    tcpInfo: false,
    socketInfo: false,
    peers: false,
    workloads: false,
    exposure: false,
  };
}

function protocolsAsked(protocols: SocketOptions['protocols']) {
  return { protocols: protocols ?? defaults.protocols, protocolsNamed: protocols !== undefined };
}

function sourceAsked({ source = usualSource, procRoot, on }: SocketOptions): SocketSource {
  const refuseBeside = (other: string) => {
    const message = `source: ${source} cannot be used with ${other}: it says how this machine is read`;
    throw new NetstatError('usage', message, { path: 'source' });
  };
  if (source !== usualSource && on !== undefined) refuseBeside('on');
  if (source === 'netlink' && procRoot !== undefined) refuseBeside('procRoot');
  return source;
}

function machinesAsked({ on, onTimeout, procRoot, netns }: ReportOptions): MachinesAsked | null {
  if (on === undefined) {
    if (onTimeout === undefined) return null;
    throw errorNaming('usage', 'onTimeout', 'goes with on');
  }
  const other = procRoot === undefined ? (netns === undefined ? null : 'netns') : 'procRoot';
  if (other !== null) {
    throw errorNaming('usage', 'on', `cannot be used with ${other}, which is of this machine`);
  }
  for (const name of on) {
    const problem = remoteNameProblem(name);
    if (problem !== null) throw errorNaming('usage', 'on', `${name}: ${problem}`);
  }
  const timeout = onTimeout ?? usualMachines.timeout;
  return { ...usualMachines, names: [...new Set(on)], timeout };
}

function netnsAsked(netns: string | undefined): NetnsAsked {
  if (netns === undefined) return 'own';
  return netns === 'all' ? netns : { name: netns };
}

function words(values: OneOrMore<string | number> | undefined): readonly string[] {
  if (values === undefined) return [];
  return (Array.isArray(values) ? values : [values]).map(String);
}
