import { unmapped } from '../model/address/text.ts';
import type { Grouping, SocketGroup } from '../model/socket/grouping.ts';
import type { InetSocket, Socket } from '../model/socket/socket.ts';
import { workloadLabel, workloadsOf } from '../model/socket/workload.ts';
import type { Writable } from '../model/writable.ts';
import { localServers } from './server-end.ts';

/** The group of a socket, and the expression field that selects it. */
interface Named {
  readonly name: string | null;
  readonly field: string;
}

/**
 * The groups of sockets, the largest first, ties by name. A socket of several programs or workloads counts in each.
 * `asValue`: quotes a name for an expression; null: it cannot be written.
 */
export function socketGroups(
  sockets: readonly Socket[],
  grouping: Grouping,
  asValue: (name: string) => string | null,
): readonly SocketGroup[] {
  const groups = new Map<string | null, Writable<SocketGroup>>();
  const isServedHere =
    grouping === 'port'
      ? localServers(sockets.filter((socket) => socket.protocol !== 'unix'))
      : () => true;
  for (const socket of sockets) {
    for (const { name, field } of namesOf(socket, grouping, isServedHere)) {
      let group = groups.get(name);
      if (group === undefined) {
        const condition =
          name === null ? withoutName[grouping] : conditionOf(grouping, field, asValue(name));
        const counts = { count: 0, established: 0, listening: 0, sent: null, received: null };
        group = { name, condition, ...counts };
        groups.set(name, group);
      }
      group.count++;
      const { state } = socket;
      if (state === 'ESTABLISHED' || state === 'CONNECTED') group.established++;
      if (state === 'LISTEN' || state === 'LISTENING') group.listening++;
      if (socket.protocol === 'unix' || !socket.rates) continue;
      const { sent, received } = socket.rates;
      if (sent !== null) group.sent = (group.sent ?? 0) + sent;
      if (received !== null) group.received = (group.received ?? 0) + received;
    }
  }
  return [...groups.values()].sort(
    (one, other) =>
      other.count - one.count ||
      Number(one.name === null) - Number(other.name === null) ||
      ((one.name ?? '') < (other.name ?? '') ? -1 : 1),
  );
}

/** What selects the sockets that have no name; null: an expression cannot. */
const withoutName: Readonly<Record<Grouping, string | null>> = {
  program: 'not program = *',
  workload: 'not workload = *',
  // UNIX sockets have no ports.
  host: 'not dport > 0',
  port: '( not sport > 0 and not dport > 0 )',
  state: null,
};

/** `value`: as an expression takes it; null: it cannot be written there. */
function conditionOf(grouping: Grouping, field: string, value: string | null): string | null {
  if (value === null) return null;
  if (grouping === 'state') return `state ${value}`;
  if (grouping === 'host' && value.includes(':')) return `${field} = [${value}]`;
  return grouping === 'port' ? `( sport = ${value} or dport = ${value} )` : `${field} = ${value}`;
}

/** `isServedHere`: whether the server of a connection is its local end. */
function namesOf(
  socket: Socket,
  grouping: Grouping,
  isServedHere: (socket: InetSocket) => boolean,
): readonly Named[] {
  switch (grouping) {
    case 'program':
      return distinct(
        (socket.owners ?? []).map(({ program }) => program),
        'program',
      );
    case 'workload':
      return distinct(workloadsOf(socket).map(workloadLabel), 'workload');
    case 'host':
      return socket.protocol === 'unix' || socket.remote.port === 0
        ? distinct([], 'dst')
        : distinct([unmapped(socket.remote.address)], 'dst');
    case 'port':
      return distinct(serverPort(socket, isServedHere), 'sport');
    case 'state':
      return distinct(socket.state === null ? [] : [socket.state], 'state');
  }
}

function distinct(names: readonly (string | null)[], field: string): readonly Named[] {
  if (names.length === 0) return [{ name: null, field }];
  return [...new Set(names)].map((name) => ({ name, field }));
}

function serverPort(
  socket: Socket,
  isServedHere: (socket: InetSocket) => boolean,
): readonly string[] {
  if (socket.protocol === 'unix') return [];
  const { local, remote } = socket;
  if (local.port === 0 && remote.port === 0) return [];
  const isLocal = remote.port === 0 || (local.port !== 0 && isServedHere(socket));
  return [String(isLocal ? local.port : remote.port)];
}
