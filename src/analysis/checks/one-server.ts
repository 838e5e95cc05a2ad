import { groupedBy } from '../../model/add-to.ts';
import { endText } from '../../model/address/text.ts';
import { deviceOf } from '../../model/socket/device.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { workloadLabel } from '../../model/socket/workload.ts';
import { inetOnly } from './socket-sets.ts';

/** The local ends of a server with several sockets (SO_REUSEPORT, a UDP server's connections) are the same. */
export function placeOf(socket: InetSocket): string {
  return `${socket.protocol} ${endText(socket.local)} ${deviceOf(socket) ?? ''}`;
}

/** The workload of a server, except for the scopes of user sessions, which do not keep servers apart. */
export function unitOf({ workload }: InetSocket): string | null {
  return !workload || workload.kind === 'scope' ? null : workloadLabel(workload);
}

/** Its program, user and unit; where owners cannot be seen, the user who created it. */
function partyOf(socket: InetSocket): string {
  const { owners, uid } = socket;
  const [owner] = owners ?? [];
  if (owner === undefined) return `user ${uid}`;
  return `${owner.executable ?? owner.program} ${owner.uid ?? uid} ${unitOf(socket) ?? ''}`;
}

/** Sockets at the same place as another: only their owners show whether they are one server's. */
export function atOnePlace(sockets: readonly Socket[]): readonly InetSocket[] {
  return [...groupsBy(sockets, placeOf)].filter(({ length }) => length > 1).flat();
}

/** The sockets of each server: of one program, user and unit, at one place. */
export function byServer(sockets: readonly Socket[]): readonly (readonly InetSocket[])[] {
  return groupsBy(sockets, serverOf);
}

/** A socket, and the worker that has it: a process, or what stands for it. */
interface OfWorker {
  readonly socket: Socket;
  readonly worker: string;
}

/** What a worker has, with what other workers of the same server have. */
export function byWorkers<One extends OfWorker>(all: readonly One[]): readonly (readonly One[])[] {
  /** Each worker leads to an earlier one of the same server; the first leads nowhere. */
  const earlier = new Map<string, string>();
  const firstOf = (worker: string): string => {
    let first = worker;
    for (let before = earlier.get(first); before !== undefined; before = earlier.get(first)) {
      const leap = earlier.get(before) ?? before;
      // Shortens the way for the next time.
      earlier.set(first, leap);
      first = leap;
    }
    return first;
  };
  const workers = new Map<string, string>();
  for (const { socket, worker } of all) {
    const server = serverOf(socket);
    const [mine, theirs] = [firstOf(worker), firstOf(workers.get(server) ?? worker)];
    if (mine !== theirs) earlier.set(mine, theirs);
    workers.set(server, theirs);
  }
  return [...groupedBy(all, ({ worker }) => firstOf(worker)).values()];
}

/** The same for all sockets of a server: of one program, user and unit, at one place. A UNIX server has one. */
function serverOf(socket: Socket): string {
  if (socket.protocol === 'unix') return `unix ${socket.inode}`;
  return `${placeOf(socket)} ${partyOf(socket)}`;
}

function groupsBy(
  sockets: readonly Socket[],
  keyOf: (socket: InetSocket) => string,
): readonly (readonly InetSocket[])[] {
  return [...groupedBy(inetOnly(sockets), keyOf).values()];
}
