/**
 * Kinds of states. `platform-tcp`: what a platform adds to TCP's. `datagram`: UDP, UDP-Lite and raw sockets.
 * `sctp`: associations; SCTP's sockets use TCP's states.
 */
export type StateKind = 'tcp' | 'platform-tcp' | 'datagram' | 'sctp' | 'unix';

/** The names of a state, and the kinds that it belongs to. */
interface StateFacts {
  /** Its name in a filter: that of ss, if it has one. Several states may share it. */
  readonly filter: string;
  readonly of: readonly StateKind[];
  /** Its name in the protocol's RFC: 9293 for TCP, 9260 for SCTP. */
  readonly rfc?: string;
  /** Other spellings, by the program or system that uses them. */
  readonly ss?: readonly string[];
  readonly macos?: string;
  readonly windows?: string;
  /** What netstat prints for a raw socket. */
  readonly raw?: number;
}

/**
 * Every state, by the name that netstat prints: the one place where states and their spellings are listed. Filters,
 * expressions, `--explain`, the completions and the man page are derived from it. How a kernel or another system
 * encodes a state belongs to its source.
 *
 * Spellings are case-insensitive, and `-`, `_` or nothing between words are equivalent. In a filter a connected
 * UNIX socket is `established` and an unconnected UDP socket `closed`, as in ss.
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
  /** Bound to a port and not used yet: reported by Linux and Windows. */
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

/** What a filter calls a socket's state. */
export function stateFilterOf(state: string): StateFilter {
  return Object.hasOwn(states, state) ? states[state as StateName].filter : 'unknown';
}

/** ss's names for several states at once: the ones that it includes, or the ones that it excludes. */
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

/** The states of one kind, without unnamed codes. */
export type StateOf<Kind extends StateKind> = {
  [Name in StateName]: Kind extends (typeof states)[Name]['of'][number] ? Name : never;
}[StateName];

/** A code that this version has no name for, shown as its number. */
export type UnknownState = `UNKNOWN(${number})`;

/** TCP's states: RFC 9293 section 3.3.2. */
export type TcpState = StateOf<'tcp'>;

/** States that a platform adds to TCP's. */
export type PlatformTcpState = StateOf<'platform-tcp'>;

/** The state of a UDP, UDP-Lite or raw socket: whether it has a peer (`connect` was called). */
export type DatagramState = StateOf<'datagram'>;

/** SCTP associations: RFC 9260 section 4. */
export type SctpState = StateOf<'sctp'>;

/** The state of an Internet socket's row. */
export type InetState = TcpState | PlatformTcpState | DatagramState | UnknownState;

/** `socket_state` of <linux/net.h>, with LISTENING for a socket that accepts connections. */
export type UnixState = StateOf<'unix'> | UnknownState;

const allStates = () => Object.keys(states) as StateName[];

/** The states of SCTP associations. */
export const sctpStates = allStates().filter((name): name is SctpState =>
  (states[name].of as readonly StateKind[]).includes('sctp'),
);

/** A spelling normalized: upper case, without `-` and `_`. */
export function bareState(spelling: string): string {
  return spelling.toUpperCase().replace(/[-_]/g, '');
}

/** Every spelling of every state, its own name first, with the state; without the names of filters. */
export function stateSpellings(): readonly (readonly [spelling: string, state: StateName])[] {
  return allStates().flatMap((name) => {
    const { rfc, ss = [], macos, windows }: StateFacts = states[name];
    const spellings = [name, rfc, ...ss, macos, windows].filter((one) => one !== undefined);
    return spellings.map((spelling) => [spelling, name] as const);
  });
}

/** The states that a spelling may mean; case, `-` and `_` are ignored. */
export function statesSpelled(spelling: string): ReadonlySet<StateName> {
  const asked = bareState(spelling);
  return new Set(
    stateSpellings().flatMap(([known, state]) => (bareState(known) === asked ? [state] : [])),
  );
}
