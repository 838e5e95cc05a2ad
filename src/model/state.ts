/**
 * What has states. `platform-tcp`: what a platform adds to TCP's. `datagram`: UDP, UDP-Lite and raw
 * sockets. `sctp`: associations; SCTP's sockets use TCP's states.
 */
export type StateKind = 'tcp' | 'platform-tcp' | 'datagram' | 'sctp' | 'unix';

/** What a state is called, and where it is found. */
interface StateFacts {
  /** Its name in a filter: ss's where ss has one. Several states may share it. */
  readonly filter: string;
  readonly of: readonly StateKind[];
  /** Its name in the protocol's RFC: 9293 for TCP, 9260 for SCTP. */
  readonly rfc?: string;
  /** Other spellings, by who has them. */
  readonly ss?: readonly string[];
  readonly macos?: string;
  readonly windows?: string;
  /** What netstat prints for a raw socket. */
  readonly raw?: number;
}

/**
 * Every state, by the name that netstat prints: the one place where states and their spellings are
 * listed. Filters, expressions, `--explain`, the completions and the man page follow from it. How a
 * kernel or another system tells a state belongs to its source.
 *
 * Spellings count in any case, and `-`, `_` or nothing between their words is all the same. A
 * connected UNIX socket is `established` in a filter and an unconnected UDP socket `closed`, as in ss.
 */
export const states = {
  ESTABLISHED: {
    filter: 'established',
    of: ['tcp', 'datagram', 'sctp'],
    rfc: 'ESTABLISHED',
    ss: ['ESTAB'],
    raw: 1,
  },
  SYN_SENT: { filter: 'syn-sent', of: ['tcp'], rfc: 'SYN-SENT' },
  SYN_RECV: {
    filter: 'syn-recv',
    of: ['tcp'],
    rfc: 'SYN-RECEIVED',
    ss: ['new-syn-recv'],
    macos: 'SYN_RCVD',
    windows: 'SYN_RECEIVED',
  },
  FIN_WAIT1: { filter: 'fin-wait-1', of: ['tcp'], rfc: 'FIN-WAIT-1' },
  FIN_WAIT2: { filter: 'fin-wait-2', of: ['tcp'], rfc: 'FIN-WAIT-2' },
  TIME_WAIT: { filter: 'time-wait', of: ['tcp'], rfc: 'TIME-WAIT' },
  CLOSE: { filter: 'closed', of: ['tcp'], rfc: 'CLOSED', macos: 'CLOSED', windows: 'CLOSED' },
  CLOSE_WAIT: { filter: 'close-wait', of: ['tcp'], rfc: 'CLOSE-WAIT' },
  LAST_ACK: { filter: 'last-ack', of: ['tcp'], rfc: 'LAST-ACK' },
  LISTEN: {
    filter: 'listening',
    of: ['tcp'],
    rfc: 'LISTEN',
    ss: ['listening'],
    windows: 'LISTENING',
  },
  CLOSING: { filter: 'closing', of: ['tcp'], rfc: 'CLOSING' },
  /** Has a port and is not used yet: Linux and Windows tell it. */
  BOUND: { filter: 'bound', of: ['platform-tcp'], ss: ['bound-inactive'] },
  /** Windows is about to discard the connection. */
  DELETE_TCB: { filter: 'delete-tcb', of: ['platform-tcp'] },
  UNCONN: { filter: 'closed', of: ['datagram'], ss: ['unconnected'], raw: 7 },
  CLOSED: { filter: 'closed', of: ['sctp'], rfc: 'CLOSED' },
  COOKIE_WAIT: { filter: 'cookie-wait', of: ['sctp'], rfc: 'COOKIE-WAIT' },
  COOKIE_ECHOED: { filter: 'cookie-echoed', of: ['sctp'], rfc: 'COOKIE-ECHOED' },
  SHUTDOWN_PENDING: { filter: 'shutdown-pending', of: ['sctp'], rfc: 'SHUTDOWN-PENDING' },
  SHUTDOWN_SENT: { filter: 'shutdown-sent', of: ['sctp'], rfc: 'SHUTDOWN-SENT' },
  SHUTDOWN_RECEIVED: { filter: 'shutdown-received', of: ['sctp'], rfc: 'SHUTDOWN-RECEIVED' },
  SHUTDOWN_ACK_SENT: { filter: 'shutdown-ack-sent', of: ['sctp'], rfc: 'SHUTDOWN-ACK-SENT' },
  FREE: { filter: 'closed', of: ['unix'] },
  UNCONNECTED: { filter: 'closed', of: ['unix'] },
  CONNECTING: { filter: 'connecting', of: ['unix'] },
  CONNECTED: { filter: 'established', of: ['unix'] },
  DISCONNECTING: { filter: 'disconnecting', of: ['unix'] },
  LISTENING: { filter: 'listening', of: ['unix'] },
  /** Stands for every `UNKNOWN(CODE)`, which any table may show. */
  UNKNOWN: { filter: 'unknown', of: [] },
} as const satisfies Readonly<Record<string, StateFacts>>;

/** A state's name as netstat prints it; UNKNOWN for every code without a name. */
export type StateName = keyof typeof states;

/** What a filter calls a state. */
export type StateFilter = (typeof states)[StateName]['filter'];

/** ss's names for several states at once: the ones it is made of, or the ones that it leaves out. */
export const filterGroups = {
  all: { without: [] },
  connected: { without: ['listening', 'closed', 'bound'] },
  synchronized: {
    without: [
      'listening',
      'closed',
      'bound',
      'syn-sent',
      'cookie-wait',
      'cookie-echoed',
      'connecting',
    ],
  },
  bucket: { only: ['syn-recv', 'time-wait'] },
  big: { without: ['syn-recv', 'time-wait'] },
} as const satisfies Readonly<
  Record<
    string,
    { readonly only: readonly StateFilter[] } | { readonly without: readonly StateFilter[] }
  >
>;

/** The states of one kind, a code without a name aside. */
type StateOf<Kind extends StateKind> = {
  [Name in StateName]: Kind extends (typeof states)[Name]['of'][number] ? Name : never;
}[StateName];

/** A code that this version has no name for: the row stays, the number shows. */
export type UnknownState = `UNKNOWN(${number})`;

/** TCP's states: RFC 9293 section 3.3.2. */
export type TcpState = StateOf<'tcp'>;

/** States that a platform adds to TCP's. */
export type PlatformTcpState = StateOf<'platform-tcp'>;

/** UDP, UDP-Lite and raw sockets know a peer (`connect` was called) or do not. */
export type DatagramState = StateOf<'datagram'>;

/** SCTP associations: RFC 9260 section 4. */
export type SctpState = StateOf<'sctp'>;

/** What a row of an Internet table can show as its state. */
export type InetState = TcpState | PlatformTcpState | DatagramState | UnknownState;

/** `socket_state` of <linux/net.h>, with LISTENING for a socket that accepts connections. */
export type UnixState = StateOf<'unix'> | UnknownState;

const allStates = () => Object.keys(states) as StateName[];

/** The states of one kind, in the table's order. */
export function statesOf<Kind extends StateKind>(kind: Kind): readonly StateOf<Kind>[] {
  const found = allStates().filter((name) =>
    (states[name].of as readonly StateKind[]).includes(kind),
  );
  return found as StateOf<Kind>[];
}

/** A spelling without what people write differently: case, `-` and `_`. */
export function bareState(spelling: string): string {
  return spelling.toUpperCase().replace(/[-_]/g, '');
}

/** Every spelling of every state, its own name first, and which state it is; not the names of filters. */
export function stateSpellings(): readonly (readonly [spelling: string, state: StateName])[] {
  return allStates().flatMap((name) => {
    const { rfc, ss = [], macos, windows }: StateFacts = states[name];
    const spellings = [name, rfc, ...ss, macos, windows].filter((one) => one !== undefined);
    return spellings.map((spelling) => [spelling, name] as const);
  });
}

/** The states that a spelling may mean, in any case, with `-`, `_` or nothing between its words. */
export function statesSpelled(spelling: string): ReadonlySet<StateName> {
  const asked = bareState(spelling);
  return new Set(
    stateSpellings().flatMap(([known, state]) => (bareState(known) === asked ? [state] : [])),
  );
}
