import type { Grouping } from '../model/socket/grouping.ts';
import { nameWithoutSureTitle, type Owner, partBeforeColon } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import { type StateFilter, stateFilterOf } from '../model/socket/state.ts';

/** How expressions are written, and understood. */
export interface ExpressionWords {
  /** Quotes a text; null: it cannot be written there. */
  asValue(text: string): string | null;
  /** Returns whether `program = NAME` is true of an owner. */
  programTest(name: string): (owner: Pick<Owner, 'program'>) => boolean;
}

/** Returns the expression that selects a group's sockets, and no others of these; null: there is none. */
export type GroupCondition = (name: string | null) => string | null;

/** What was grouped. */
interface Grouped {
  readonly grouping: Grouping;
  readonly sockets: readonly Socket[];
  /** The names of all groups. */
  readonly names: ReadonlySet<string | null>;
  /** The port that a socket counts with, if ports are grouped. */
  portOf(socket: Socket): string | null;
}

/** The expressions for groups. */
export function groupConditions(grouped: Grouped, words: ExpressionWords): GroupCondition {
  const { grouping } = grouped;
  const conditionOf = makers[grouping](grouped, words);
  return (name) => (name === null ? withoutName[grouping] : conditionOf(name));
}

/** What selects the sockets that have no name. */
const withoutName: Readonly<Record<Grouping, string | null>> = {
  program: 'not program = *',
  workload: 'not workload = *',
  // UNIX sockets have no ports.
  host: 'not dport > 0',
  port: '( not sport > 0 and not dport > 0 )',
  state: null,
};

type Maker = (grouped: Grouped, words: ExpressionWords) => (name: string) => string | null;

const makers: Readonly<Record<Grouping, Maker>> = {
  program: programConditions,
  workload:
    (_grouped, { asValue }) =>
    (name) => {
      const value = name.includes('*') ? null : asValue(name);
      return value === null ? null : `workload = ${value}`;
    },
  host:
    (_grouped, { asValue }) =>
    (name) => {
      const value = asValue(name);
      if (value === null) return null;
      return name.includes(':') ? `dst = [${value}]` : `dst = ${value}`;
    },
  port: portConditions,
  state: stateConditions,
};

/** Of more names with `*` it is not found out whether they select others: that takes the square of their number. */
const mostWildcards = 100;

/**
 * By its name a group stays whole when further processes come. But a name with `*` may select others too, and `nginx` also
 * selects `nginx: worker process`. What has a colon behind the name is excluded, unless they hold sockets together; else
 * the processes are named by their numbers, which are unique within a machine.
 */
function programConditions(
  { sockets, names }: Grouped,
  { asValue, programTest }: ExpressionWords,
): (name: string) => string | null {
  const known = [...names].filter((name) => name !== null);
  const titled = namesBeforeTitles(known);
  const addressed = namesBeforeTitles(known.filter((name) => partBeforeColon(name) === name));
  const areCompared = known.filter((name) => name.includes('*')).length <= mostWildcards;
  let shared: ReturnType<typeof sharedWithTitled> | undefined;
  let pids: ReturnType<typeof pidsByProgram> | undefined;

  function isUnique(name: string): boolean {
    if (!name.includes('*')) return !titled.has(name);
    if (!areCompared) return false;
    const isSelected = programTest(name);
    return known.every((program) => program === name || !isSelected({ program }));
  }

  function byName(name: string): string | null {
    const value = name === '' ? null : asValue(name);
    if (value === null || isUnique(name)) return value && `program = ${value}`;
    const longer = name.includes('*') || addressed.has(name) ? null : asValue(`${name}:*`);
    if (longer === null) return null;
    shared ??= sharedWithTitled(sockets);
    return shared.has(name) ? null : `program = ${value} and not program = ${longer}`;
  }

  return (name) => {
    const condition = byName(name);
    if (condition !== null) return condition;
    pids ??= pidsByProgram(sockets);
    return pids && `pid = ${[...(pids.get(name) ?? [])].join(',')}`;
  };
}

/** `nginx` of `nginx: worker process`: the names of those that have a title. */
function namesBeforeTitles(names: readonly string[]): ReadonlySet<string> {
  const pairs = names.map((name) => ({ name, before: nameWithoutSureTitle(name) }));
  return new Set(pairs.flatMap(({ name, before }) => (before === name ? [] : before)));
}

/** The names of programs that hold a socket together with one that has more behind that name and a colon. */
function sharedWithTitled(sockets: readonly Socket[]): ReadonlySet<string> {
  const shared = new Set<string>();
  for (const { owners } of sockets) {
    if (owners === null || owners === undefined || owners.length < 2) continue;
    const programs = new Set(owners.map(({ program }) => program));
    for (const program of programs) {
      const title = program?.includes(':') ? program.slice(0, program.indexOf(':')) : null;
      if (title !== null && programs.has(title)) shared.add(title);
    }
  }
  return shared;
}

/** The processes of each name; null: they are on several machines. */
function pidsByProgram(
  sockets: readonly Socket[],
): ReadonlyMap<string | null, ReadonlySet<number>> | null {
  const found = new Map<string | null, Set<number>>();
  for (const { host, owners } of sockets) {
    if (host !== undefined) return null;
    for (const { program, pid } of owners ?? []) {
      const pids = found.get(program);
      if (pids === undefined) found.set(program, new Set([pid]));
      else pids.add(pid);
    }
  }
  return found;
}

/** The other ends' ports of a port, where the port is the local one, and where it is the remote one. */
interface OtherPorts {
  readonly ofLocal: Set<string>;
  readonly ofRemote: Set<string>;
}

/** A connection counts with its server's port, though its other port may be that of another group. */
function portConditions({ sockets, portOf }: Grouped): (name: string) => string | null {
  /** Of connections that count with a port, and of those that count with their other one. */
  const [counted, passed] = [new Map<string, OtherPorts>(), new Map<string, OtherPorts>()];
  for (const socket of sockets) {
    const name = portOf(socket);
    if (socket.protocol === 'unix' || name === null) continue;
    const [local, remote] = [String(socket.local.port), String(socket.remote.port)];
    othersOf(local === name ? counted : passed, local).ofLocal.add(remote);
    othersOf(remote === name ? counted : passed, remote).ofRemote.add(local);
  }
  return (name) => {
    const either = `( sport = ${name} or dport = ${name} )`;
    const [own, left] = [counted.get(name), passed.get(name)];
    if (left === undefined) return either;
    const [remotes, locals] = [[...left.ofLocal], [...left.ofRemote]];
    // In another network or protocol, the same ports count otherwise.
    if (remotes.some((port) => own?.ofLocal.has(port))) return null;
    if (locals.some((port) => own?.ofRemote.has(port))) return null;
    const asLocal =
      remotes.length > 0 && ` and not ( sport = ${name} and dport = ${remotes.join(',')} )`;
    const asRemote =
      locals.length > 0 && ` and not ( sport = ${locals.join(',')} and dport = ${name} )`;
    return `${either}${asLocal || ''}${asRemote || ''}`;
  };
}

function othersOf(ports: Map<string, OtherPorts>, port: string): OtherPorts {
  let others = ports.get(port);
  if (others === undefined) {
    others = { ofLocal: new Set(), ofRemote: new Set() };
    ports.set(port, others);
  }
  return others;
}

/** An expression has one name for states that tables tell apart: a UNIX socket that is CONNECTED is established. */
function stateConditions({ sockets, names }: Grouped): (name: string) => string | null {
  const protocols = new Map<string | null, Set<string>>();
  for (const { state, protocol } of sockets) {
    const known = protocols.get(state);
    if (known === undefined) protocols.set(state, new Set([protocol]));
    else known.add(protocol);
  }
  return (name) => {
    const word = stateFilterOf(name);
    const others = [...names].filter((other) => other !== name && mayBeCalled(other, word));
    const own = [...(protocols.get(name) ?? [])];
    if (own.some((protocol) => others.some((other) => protocols.get(other)?.has(protocol)))) {
      return null;
    }
    return others.length === 0 ? `state ${word}` : `state ${word} and proto = ${own.join(',')}`;
  };
}

/** Whether an expression's word also means this state; null: of a datagram socket, it follows from its peer. */
function mayBeCalled(state: string | null, word: StateFilter): boolean {
  return state === null
    ? word === 'established' || word === 'closed' || word === 'unknown'
    : stateFilterOf(state) === word;
}
