import { isAnyAddress } from '../model/address/text.ts';
import { type Protocol, protocolTitle } from '../model/protocol.ts';
import type { Socket } from '../model/socket/socket.ts';
import {
  bareState,
  filterGroups,
  type StateFilter,
  type StateName,
  stateFilterOf,
  stateSpellings,
  states,
  statesSpelled,
} from '../model/socket/state.ts';
import { type Condition, patternCondition } from './condition.ts';
import { nearNames, orDidYouMean, type Problem, quoted } from './problem.ts';
import type { Asked } from './rules.ts';

/** The states that a filter can name, ss's first. */
export const stateNames: readonly StateFilter[] = [
  ...new Set(Object.values(states).map(({ filter }) => filter)),
];

/** ss's names for several states at once. */
export const stateGroups = Object.keys(filterGroups) as readonly (keyof typeof filterGroups)[];

/**
 * States as netstat prints them, in capitals, which a filter accepts too. CONNECTED is left out: it is also the
 * name of a group.
 */
export const shownStates = (Object.keys(states) as StateName[]).filter(
  (name) => !stateGroups.some((group) => bareState(group) === bareState(name)),
);

function membersOf(group: keyof typeof filterGroups): readonly StateFilter[] {
  const members = filterGroups[group];
  if ('only' in members) return members.only;
  const left: readonly StateFilter[] = members.without;
  return stateNames.filter((name) => !left.includes(name));
}

/** The states that a word stands for, if any. A group takes precedence over a state of the same name. */
function statesCalled(word: string): readonly StateFilter[] {
  const asked = bareState(word);
  const group = stateGroups.find((name) => bareState(name) === asked);
  if (group !== undefined) return membersOf(group);
  const name = stateNames.find((one) => bareState(one) === asked);
  if (name !== undefined) return [name];
  return [...new Set([...statesSpelled(word)].map((state) => states[state].filter))];
}

/** The words that resemble one, in their usual spelling. */
function nearWords(word: string): readonly string[] {
  const offered = new Map<string, string>();
  for (const name of [...stateNames, ...stateGroups]) offered.set(bareState(name), name);
  for (const [spelling, state] of stateSpellings()) {
    const bare = bareState(spelling);
    if (!offered.has(bare)) offered.set(bare, states[state].filter);
  }
  return nearNames(word, [...offered.keys()]).map((bare) => offered.get(bare) as string);
}

/**
 * The states that a name stands for: a state of netstat, ss, macOS or Windows in any case, with `-`, `_` or neither
 * between its words, or one of ss's groups.
 */
export function parseStates(name: string): readonly StateFilter[] | Problem {
  const called = statesCalled(name);
  if (called.length > 0) return called;
  const near = nearWords(name);
  return {
    expected:
      near.length === 0
        ? `a state (${[...stateNames, ...stateGroups].join(' ')}), found ${quoted(name)}`
        : `a state, found ${quoted(name)}${orDidYouMean(near)}`,
  };
}

/** One clause of a state filter: `state X` adds states, `exclude X` removes them. */
export interface StateClause {
  readonly adds: boolean;
  readonly states: readonly StateFilter[];
}

/**
 * The states that remain after all clauses, applied in order as in ss: the initial set is empty, or all states if
 * the first clause excludes.
 */
export function stateSet(clauses: readonly StateClause[]): ReadonlySet<StateFilter> {
  const set = new Set<StateFilter>(clauses[0]?.adds === false ? stateNames : []);
  for (const { adds, states } of clauses) {
    for (const state of states) {
      if (adds) set.add(state);
      else set.delete(state);
    }
  }
  return set;
}

/**
 * The filter's name for a socket's state. If the platform reports none, a datagram socket's state follows from its
 * peer.
 */
function stateOf(socket: Socket): StateFilter {
  if (socket.state !== null) return stateFilterOf(socket.state);
  if (socket.protocol === 'tcp' || socket.protocol === 'sctp' || socket.protocol === 'unix') {
    return 'unknown';
  }
  return isAnyAddress(socket.remote.address) ? 'closed' : 'established';
}

/**
 * Whether a socket's state remains after all clauses. Naming only the state `bound` asks for sockets that are only
 * bound, which kernels list on request.
 */
export function stateCondition(clauses: readonly StateClause[]): Condition {
  const namesBound = clauses.some(
    ({ states: [first, ...more] }) => first === 'bound' && !more.length,
  );
  const wanted = stateSet(clauses);
  return patternCondition(
    stateTest(wanted),
    { kind: 'state', states: wanted },
    namesBound ? ['boundSockets'] : [],
  );
}

/** Whose states a protocol's sockets have. Those of SCTP's are TCP's, but for its associations. */
const kindsOf: Readonly<Record<Protocol, readonly string[]>> = {
  tcp: ['tcp', 'platform-tcp'],
  udp: ['datagram'],
  udplite: ['datagram'],
  raw: ['datagram'],
  sctp: ['sctp', 'tcp'],
  unix: ['unix'],
};

/** The states of servers that other machines may reach. */
const statesOfExposed: Readonly<Record<Protocol, readonly StateFilter[]>> = {
  tcp: ['listening'],
  sctp: ['listening', 'closed'],
  udp: ['closed'],
  udplite: ['closed'],
  raw: ['closed'],
  unix: [],
};

/** Why no socket that is asked for can be in any of these states; null: some can. */
export function absenceOfStates(
  wanted: ReadonlySet<StateFilter>,
  { protocols, exposed }: Pick<Asked, 'protocols' | 'exposed'>,
): string | null {
  const kinds = new Set(protocols.flatMap((protocol) => kindsOf[protocol]));
  const isPossible = Object.values(states).some(
    ({ filter, of }) => wanted.has(filter) && of.some((kind) => kinds.has(kind)),
  );
  // Of any protocol, a state may have a number without a name.
  if (wanted.size === 0 || wanted.has('unknown')) return null;
  const title = protocolTitle(protocols);
  if (!isPossible) {
    if (kinds.size > 1 || !kinds.has('datagram'))
      return `${title} sockets are never in such a state`;
    const hint = wanted.has('listening') ? '; -l lists their servers' : '';
    return `${title} sockets have no such state: with a peer they are established, without one closed${hint}`;
  }
  const isOfExposed = protocols.some((one) =>
    statesOfExposed[one].some((state) => wanted.has(state)),
  );
  return exposed && !isOfExposed
    ? '--exposed lists servers, which are never in such a state'
    : null;
}

/** A test whether a socket is in one of these states. */
export function stateTest(wanted: ReadonlySet<StateFilter>): (socket: Socket) => boolean {
  return (socket) => wanted.has(stateOf(socket));
}
