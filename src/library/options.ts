import { NetstatError } from '../errors.ts';
import type { HostsAsked, NetnsAsked, Target } from '../model/listing.ts';
import type { Query, Which } from '../model/query.ts';
import type { InetFamily, Protocol } from '../model/socket.ts';
import { defaultListing, usualHosts } from '../options/default-listing.ts';

const { query: defaults } = defaultListing;

/** One or several. */
type OneOrMore<T> = T | readonly T[];

/** What every report takes. */
export interface ReportOptions {
  /** Only these families; default both. */
  readonly families?: readonly InetFamily[] | undefined;
  /** Linux: another /proc, such as a container host's or a captured one. */
  readonly procRoot?: string | undefined;
  /**
   * Linux: `'all'`: every network namespace that can be found, the own one first; else one, by its name in
   * `ip netns`, by the PID of a process in it, or by the path of a file that leads to it. Each row then has
   * `netns`. Default: the own one.
   */
  readonly netns?: string | undefined;
  /**
   * Other Linux machines that are asked over ssh in place of this one: what ssh(1) takes, `HOST`, `USER@HOST` or
   * `ssh://USER@HOST:PORT`. Each row and each warning then has `host`; a machine that does not answer is a warning
   * of the code `host-failed`, and an error only where none does.
   */
  readonly on?: readonly string[] | undefined;
  /** Milliseconds that each of them has for an answer; default 10000. */
  readonly onTimeout?: number | undefined;
  /** Ends the reading when it is aborted: the answer is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Which interfaces to tell of. */
export interface InterfaceOptions extends ReportOptions {
  /** Only the interfaces of these names, each of which has to be there; default all. */
  readonly names?: OneOrMore<string> | undefined;
}

/** Which sockets to tell of, and what of them. Of several filters, each has to hold; an empty list is no filter. */
export interface SocketOptions extends ReportOptions {
  /** Socket tables to read; default all that the platform has. */
  readonly protocols?: readonly Protocol[] | undefined;
  /** `connected`, `listening` or (the default) `all`. */
  readonly which?: Which | undefined;
  /** Tell every process that holds each socket: takes a walk through all processes. Default false. */
  readonly owners?: boolean | undefined;
  /** Tell what the kernel knows of each TCP connection (`tcpInfo`): a live Linux only. Default false. */
  readonly tcpInfo?: boolean | undefined;
  /**
   * Tell memory, drops, mark, cookie and the accept queue of each socket: Linux only. Default
   * false.
   */
  readonly socketInfo?: boolean | undefined;
  /** Also TCP sockets that are bound, and neither listen nor are connected: Linux and Windows. Default false. */
  readonly boundInactive?: boolean | undefined;
  /**
   * Tell the processes at the other end of each socket (`peer`), where that is on this machine, and every
   * owner: takes every socket of the protocols, and a walk through all processes. Default false.
   */
  readonly peers?: boolean | undefined;
  /**
   * Tell what each socket belongs to (`workload`): a container, a pod, a unit, a service; and every owner.
   * Linux and Windows. Default false.
   */
  readonly workloads?: boolean | undefined;
  /** Tell how far each server can be reached (`exposure`), and every owner: Linux. Default false. */
  readonly exposure?: boolean | undefined;
  /** In any of these states: `LISTEN`, `established`, or ss's groups (`connected`, `synchronized` …). */
  readonly state?: OneOrMore<string> | undefined;
  /** Either end's port: 443, 'https', '8000-8100'. */
  readonly port?: OneOrMore<string | number> | undefined;
  /** The local end: 'ADDR[/LEN][:PORT]'. */
  readonly local?: OneOrMore<string> | undefined;
  /** The remote end: 'ADDR[/LEN][:PORT]'. */
  readonly remote?: OneOrMore<string> | undefined;
  readonly pid?: OneOrMore<number> | undefined;
  /** Exact, or with `*` for anything. */
  readonly program?: OneOrMore<string> | undefined;
  /** A workload's name, in which `*` stands for anything, as `docker:web` or `unit:ssh*`. */
  readonly workload?: OneOrMore<string> | undefined;
  /** Name or number. */
  readonly user?: OneOrMore<string | number> | undefined;
  /** Only what listens beyond loopback. */
  readonly exposed?: boolean | undefined;
  /** An expression in ss's grammar: `dport = :443 and not dst 10.0.0.0/8`. */
  readonly expression?: string | undefined;
}

/** Which sockets count, where they are not told of one by one: of the options above those that choose. */
export type Choice = Omit<
  SocketOptions,
  ('owners' | 'tcpInfo' | 'socketInfo' | 'boundInactive') | ('peers' | 'workloads' | 'exposure')
>;

/** Which sockets to follow, and what to tell of them. */
export interface FollowOptions extends SocketOptions {
  /** Milliseconds between two readings; default 1000. */
  readonly interval?: number | undefined;
}

/** What an option may be. */
export interface Kind {
  /** In words, for whoever gave something else. */
  readonly expected: string;
  readonly allows: (value: unknown) => boolean;
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isNumber = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTextOrNumber = (value: unknown) => isText(value) || isNumber(value);

/** One of these words. */
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

export const reportKinds = {
  families: listOf(defaults.families),
  procRoot: text,
  netns: text,
  on: {
    expected: 'a list of machines, as ssh takes them',
    allows: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  },
  onTimeout: {
    expected: 'a number of milliseconds, 1 to 2147483647',
    allows: (value) => typeof value === 'number' && value >= 1 && value <= 2_147_483_647,
  },
  signal: { expected: 'an AbortSignal', allows: (value) => value instanceof AbortSignal },
} satisfies Record<keyof ReportOptions, Kind>;

const interfaceKinds = {
  ...reportKinds,
  names: texts,
} satisfies Record<keyof InterfaceOptions, Kind>;

export const choiceKinds = {
  ...reportKinds,
  protocols: listOf(defaults.protocols),
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
  interval: {
    expected: 'a number of milliseconds, 1 to 2147483647',
    allows: (value) => typeof value === 'number' && value >= 1 && value <= 2_147_483_647,
  },
} satisfies Record<keyof FollowOptions, Kind>;

/** Milliseconds, of whichever number. */
export const time: Kind = {
  expected: 'milliseconds',
  allows: (value) => typeof value === 'number' && value >= 0,
};

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value;
  }
}

/**
 * Types do not hold callers from JavaScript: whatever the options are, they are these afterwards.
 * @throws NetstatError `usage` for what is none, or of another kind
 */
export function check(options: unknown, kinds: Readonly<Record<string, Kind>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw refusal('options', 'expected an object', options);
  }
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      const names = Object.keys(kinds).join(', ');
      throw new NetstatError('usage', `${name}: not an option; there are ${names}`, { path: name });
    }
    if (value !== undefined) checkOne(name, value, kind);
  }
}

/** The same of one value. @throws NetstatError `usage` */
export function checkOne(name: string, value: unknown, kind: Kind): void {
  if (!kind.allows(value)) throw refusal(name, `expected ${kind.expected}`, value);
}

function refusal(name: string, expected: string, found: unknown): NetstatError {
  return new NetstatError('usage', `${name}: ${expected}, found ${shown(found)}`, { path: name });
}

/** What the options of a report ask for. */
export interface Asked {
  readonly query: Omit<Query, 'report'>;
  readonly target: Target;
  /** Owners are to be told. */
  readonly owners: boolean;
  /** What the kernel knows of connections is to be told. */
  readonly tcpInfo: boolean;
  /** What it tells of each socket. */
  readonly socketInfo: boolean;
  /** Who is at the other end of sockets is to be told. */
  readonly peers: boolean;
  /** What sockets belong to is to be told. */
  readonly workloads: boolean;
  /** How far servers can be reached is to be told. */
  readonly exposure: boolean;
}

/** What the options that every report takes ask for. @throws NetstatError `usage` */
export function reportAsked(options: ReportOptions): Asked {
  check(options, reportKinds);
  return asked(options);
}

/** What the options of the interfaces' report ask for. @throws NetstatError `usage` */
export function interfacesAsked(options: InterfaceOptions): Asked {
  check(options, interfaceKinds);
  const { query, ...rest } = asked(options);
  return { ...rest, query: { ...query, interfaces: words(options.names) } };
}

/** What the options of the sockets' report ask for. @throws NetstatError `usage` */
export function socketsAsked(options: SocketOptions): Asked {
  check(options, socketKinds);
  return socketsOf(options);
}

/** Between two readings, in milliseconds. */
const defaultInterval = 1000;

/** What the options of following ask for. @throws NetstatError `usage` */
export function followAsked(options: FollowOptions): Asked & { readonly interval: number } {
  check(options, followKinds);
  return { ...socketsOf(options), interval: options.interval ?? defaultInterval };
}

function socketsOf(options: SocketOptions): Asked {
  const { query, target } = asked(options);
  return {
    query: {
      ...query,
      protocols: options.protocols ?? query.protocols,
      protocolsNamed: options.protocols !== undefined,
      which: options.which ?? 'all',
      boundInactive: options.boundInactive ?? false,
      filters: {
        state: words(options.state),
        port: words(options.port),
        local: words(options.local),
        remote: words(options.remote),
        pid: words(options.pid),
        program: words(options.program),
        workload: words(options.workload),
        user: words(options.user),
        exposed: options.exposed ?? false,
        expression: options.expression === undefined ? [] : [options.expression],
      },
    },
    target,
    owners: options.owners ?? false,
    tcpInfo: options.tcpInfo ?? false,
    socketInfo: options.socketInfo ?? false,
    peers: options.peers ?? false,
    workloads: options.workloads ?? false,
    exposure: options.exposure ?? false,
  };
}

function asked(options: ReportOptions): Asked {
  const { families, procRoot, netns } = options;
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
      hosts: hostsAsked(options),
    },
    owners: false,
    tcpInfo: false,
    socketInfo: false,
    peers: false,
    workloads: false,
    exposure: false,
  };
}

function hostsAsked({ on, onTimeout, procRoot, netns }: ReportOptions): HostsAsked | null {
  if (on === undefined) {
    if (onTimeout === undefined) return null;
    throw new NetstatError('usage', 'onTimeout: goes with on', { path: 'onTimeout' });
  }
  const other = procRoot === undefined ? (netns === undefined ? null : 'netns') : 'procRoot';
  if (other !== null) {
    throw new NetstatError('usage', `on: does not go with ${other}, which is of this machine`, {
      path: 'on',
    });
  }
  const timeout = onTimeout ?? usualHosts.timeout;
  return { ...usualHosts, names: [...new Set(on)], timeout };
}

function netnsAsked(netns: string | undefined): NetnsAsked {
  if (netns === undefined) return 'own';
  return netns === 'all' ? netns : { name: netns };
}

function words(values: OneOrMore<string | number> | undefined): readonly string[] {
  if (values === undefined) return [];
  return (Array.isArray(values) ? values : [values]).map(String);
}
