import { unmapped } from '../model/address/text.ts';
import { type GroupSort, largestFirst, sortedGroups } from '../model/socket/group-order.ts';
import type { Grouping, SocketGroup } from '../model/socket/grouping.ts';
import type { Socket } from '../model/socket/socket.ts';
import { workloadLabel, workloadsOf } from '../model/socket/workload.ts';
import type { Writable } from '../model/writable.ts';
import { type ExpressionWords, groupConditions } from './group-conditions.ts';
import { localServers } from './server-end.ts';

/**
 * The groups of sockets, usually the largest first. A socket of several programs or workloads counts in each.
 */
export function socketGroups(
  sockets: readonly Socket[],
  grouping: Grouping,
  words: ExpressionWords,
  sort: GroupSort = largestFirst,
): readonly SocketGroup[] {
  const groups = new Map<string | null, Writable<SocketGroup>>();
  const portOf = grouping === 'port' ? serverPorts(sockets) : () => null;
  for (const socket of sockets) {
    for (const name of namesOf(socket, grouping, portOf)) {
      let group = groups.get(name);
      if (group === undefined) {
        const counts = { count: 0, established: 0, listening: 0, sent: null, received: null };
        group = { name, condition: null, ...counts };
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
  const conditionOf = groupConditions(
    { grouping, sockets, names: new Set(groups.keys()), portOf },
    words,
  );
  for (const group of groups.values()) group.condition = conditionOf(group.name);
  return sortedGroups([...groups.values()], grouping, sort);
}

/** The names of the groups that a socket is in; null: it has no name. */
function namesOf(
  socket: Socket,
  grouping: Grouping,
  portOf: (socket: Socket) => string | null,
): readonly (string | null)[] {
  switch (grouping) {
    case 'program':
      return distinct((socket.owners ?? []).map(({ program }) => program));
    case 'workload':
      return distinct(workloadsOf(socket).map(workloadLabel));
    case 'host':
      return socket.protocol === 'unix' || socket.remote.port === 0
        ? [null]
        : [unmapped(socket.remote.address)];
    case 'port':
      return [portOf(socket)];
    case 'state':
      return [socket.state];
  }
}

function distinct(names: readonly (string | null)[]): readonly (string | null)[] {
  return names.length === 0 ? [null] : [...new Set(names)];
}

/** Finds a socket's own port, or a connection's at the server's end. null: there is none. */
function serverPorts(sockets: readonly Socket[]): (socket: Socket) => string | null {
  const isServedHere = localServers(sockets.filter((socket) => socket.protocol !== 'unix'));
  return (socket) => {
    if (socket.protocol === 'unix') return null;
    const { local, remote } = socket;
    if (local.port === 0 && remote.port === 0) return null;
    const isLocal = remote.port === 0 || (local.port !== 0 && isServedHere(socket));
    return String(isLocal ? local.port : remote.port);
  };
}
