import { isAnyAddress } from '../model/address-text.ts';
import type { Socket } from '../model/socket.ts';
import type {
  DatagramState,
  PlatformTcpState,
  SctpState,
  TcpState,
  UnixState,
  UnknownState,
} from '../model/state.ts';
import { didYouMean, nearNames, type Problem, quoted } from './problem.ts';

type KnownState =
  | TcpState
  | PlatformTcpState
  | DatagramState
  | SctpState
  | Exclude<UnixState, UnknownState>;

/**
 * What each state is called in a filter. Names that ss has are ss's; so UDP's UNCONN is `closed`
 * to it, and a connected UNIX socket `established`.
 */
const nameOf = {
  ESTABLISHED: 'established',
  SYN_SENT: 'syn-sent',
  SYN_RECV: 'syn-recv',
  FIN_WAIT1: 'fin-wait-1',
  FIN_WAIT2: 'fin-wait-2',
  TIME_WAIT: 'time-wait',
  CLOSE: 'closed',
  CLOSE_WAIT: 'close-wait',
  LAST_ACK: 'last-ack',
  LISTEN: 'listening',
  CLOSING: 'closing',
  BOUND: 'bound',
  DELETE_TCB: 'delete-tcb',
  UNCONN: 'closed',
  CLOSED: 'closed',
  COOKIE_WAIT: 'cookie-wait',
  COOKIE_ECHOED: 'cookie-echoed',
  SHUTDOWN_PENDING: 'shutdown-pending',
  SHUTDOWN_SENT: 'shutdown-sent',
  SHUTDOWN_RECEIVED: 'shutdown-received',
  SHUTDOWN_ACK_SENT: 'shutdown-ack-sent',
  FREE: 'closed',
  UNCONNECTED: 'closed',
  CONNECTING: 'connecting',
  CONNECTED: 'established',
  DISCONNECTING: 'disconnecting',
  LISTENING: 'listening',
} as const satisfies Record<KnownState, string>;

/** A name by which a filter knows states. */
export type StateName = (typeof nameOf)[KnownState] | 'unknown';

/** The states that a filter can name, ss's first. */
export const stateNames: readonly StateName[] = [
  ...new Set<StateName>(Object.values(nameOf)),
  'unknown',
];

function without(names: readonly StateName[], ...left: readonly StateName[]): readonly StateName[] {
  return names.filter((name) => !left.includes(name));
}

const connected = without(stateNames, 'listening', 'closed', 'bound');
const bucket: readonly StateName[] = ['syn-recv', 'time-wait'];

/** ss's names for several states at once. */
const groups = {
  all: stateNames,
  connected,
  synchronized: without(connected, 'syn-sent', 'cookie-wait', 'cookie-echoed', 'connecting'),
  bucket,
  big: without(stateNames, ...bucket),
} as const satisfies Record<string, readonly StateName[]>;

/** ss's groups of states. */
export const stateGroups = Object.keys(groups) as readonly (keyof typeof groups)[];

/** Spellings of other tools, without `-` and `_`. */
const aliases: Readonly<Record<string, StateName>> = {
  estab: 'established',
  synrcvd: 'syn-recv',
  synreceived: 'syn-recv',
  close: 'closed',
  unconn: 'closed',
  unconnected: 'closed',
  free: 'closed',
  listen: 'listening',
};

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

const byName: ReadonlyMap<string, readonly StateName[]> = new Map<string, readonly StateName[]>([
  ...stateNames.map((name) => [plain(name), [name]] as const),
  ...Object.entries(aliases).map(([alias, name]) => [alias, [name]] as const),
  ...Object.entries(groups),
]);

/** How a name is spelled where it is offered. */
const offered: ReadonlyMap<string, string> = new Map<string, string>([
  ...[...stateNames, ...stateGroups].map((name) => [plain(name), name] as const),
  ...Object.entries(aliases),
]);

/**
 * The states that a name stands for: a state of netstat, ss, macOS or Windows in any case, with
 * `-`, `_` or neither between its words, or one of ss's groups.
 */
export function parseStates(name: string): readonly StateName[] | Problem {
  const states = byName.get(plain(name));
  if (states !== undefined) return states;
  const near = nearNames(plain(name), [...offered.keys()]).map((known) => offered.get(known));
  return {
    expected:
      near.length === 0
        ? `a state (${[...stateNames, ...stateGroups].join(' ')}), found ${quoted(name)}`
        : `a state, found ${quoted(name)}${didYouMean(near)}`,
  };
}

/** One word of a state filter: `state X` adds to what went before, `exclude X` takes away. */
export interface StateClause {
  readonly adds: boolean;
  readonly states: readonly StateName[];
}

/** What clauses leave, read in order as ss reads them: it starts with nothing, or with all where the first excludes. */
export function stateSet(clauses: readonly StateClause[]): ReadonlySet<StateName> {
  const set = new Set<StateName>(clauses[0]?.adds === false ? stateNames : []);
  for (const { adds, states } of clauses) {
    for (const state of states) {
      if (adds) set.add(state);
      else set.delete(state);
    }
  }
  return set;
}

function isKnown(state: string): state is KnownState {
  return Object.hasOwn(nameOf, state);
}

/** The name of the state a socket is in. Where the platform tells none, a datagram socket has one by its peer. */
function stateOf(socket: Socket): StateName {
  if (socket.state !== null) return isKnown(socket.state) ? nameOf[socket.state] : 'unknown';
  if (socket.protocol === 'tcp' || socket.protocol === 'sctp' || socket.protocol === 'unix') {
    return 'unknown';
  }
  return isAnyAddress(socket.remote.address) ? 'closed' : 'established';
}

/** A test whether a socket is in one of these states. */
export function stateTest(wanted: ReadonlySet<StateName>): (socket: Socket) => boolean {
  return (socket) => wanted.has(stateOf(socket));
}
