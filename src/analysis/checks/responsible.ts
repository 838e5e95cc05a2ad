/** Who holds connections, and what they are grouped by where that is not known. */
import { groupedBy } from '../../model/add-to.ts';
import { endText } from '../../model/address/text.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import { processText } from './socket-sets.ts';

/** The end of connections by which they belong together. */
export interface ServiceEnd {
  /** `local port 80`, `192.0.2.1:443`. */
  readonly text: string;
  /** Whether the service is here, and its clients are elsewhere. */
  readonly isHere: boolean;
  /** An expression that selects its connections. */
  readonly condition: readonly string[];
}

/** Connections that belong together, and by what. */
export interface Together<By> {
  readonly by: By;
  readonly sockets: readonly InetSocket[];
}

/** `ServiceEnd.text` of the end that a connection is likely to share with others: its lower port is the service's. */
export function likelyServiceText(socket: InetSocket): string {
  return serviceText(socket, isLikelyHere(socket));
}

function isLikelyHere({ local, remote }: InetSocket): boolean {
  return local.port < remote.port;
}

function serviceText({ local, remote }: InetSocket, isHere: boolean): string {
  return isHere ? `local port ${local.port}` : endText(remote);
}

function serviceEnd(socket: InetSocket, isHere: boolean): ServiceEnd {
  const text = serviceText(socket, isHere);
  const condition = isHere ? ['sport', '=', `:${socket.local.port}`] : ['dst', '=', text];
  return { text, isHere, condition };
}

/** Connections by their services, the most first. */
export function byService(sockets: readonly InetSocket[]): readonly Together<ServiceEnd>[] {
  const endOf = serviceEnds(sockets);
  return grouped(sockets, endOf, ({ text }) => text);
}

/**
 * The service's end of each of these connections: the one that more of them have in common, since the other changes with
 * each. A server's port need not be the lower one.
 */
function serviceEnds(sockets: readonly InetSocket[]): (socket: InetSocket) => ServiceEnd {
  const here = groupedBy(sockets, ({ local }) => local.port);
  const there = groupedBy(sockets, ({ remote }) => endText(remote));
  return (socket) => {
    const { local, remote } = socket;
    const more = (here.get(local.port)?.length ?? 0) - (there.get(endText(remote))?.length ?? 0);
    return serviceEnd(socket, more === 0 ? isLikelyHere(socket) : more > 0);
  };
}

/** The process that holds a connection, or what stands for it. */
export interface Responsible {
  /** For people: `nginx (PID 812)`, `the program at port 80`. */
  readonly name: string;
  /** null: not known, or there is none. */
  readonly pid: number | null;
  /** An expression that selects its connections. */
  readonly condition: readonly string[];
}

/**
 * Connections by who is responsible for them, the most first. Where owners cannot be seen, all connections with one end
 * of a service go together; so do those that only the kernel still has, which have no inode.
 */
export function byResponsible(sockets: readonly InetSocket[]): readonly Together<Responsible>[] {
  const endOf = serviceEnds(sockets);
  const responsibleFor = (socket: InetSocket) => responsible(socket, endOf);
  return grouped(sockets, responsibleFor, ({ pid, name }) => pid ?? name);
}

function responsible(socket: InetSocket, endOf: (socket: InetSocket) => ServiceEnd): Responsible {
  const owner = socket.owners?.[0];
  if (owner !== undefined) {
    const { pid } = owner;
    return { name: processText(owner), pid, condition: ['pid', '=', String(pid)] };
  }
  const { text, isHere, condition } = endOf(socket);
  const [who, to] =
    socket.inode === null ? ['closed connections', 'with'] : ['the program', 'connected to'];
  const name = isHere ? `${who} at port ${socket.local.port}` : `${who} ${to} ${text}`;
  return { name, pid: null, condition };
}

function grouped<By>(
  sockets: readonly InetSocket[],
  byOf: (socket: InetSocket) => By,
  keyOf: (by: By) => unknown,
): readonly Together<By>[] {
  return [...groupedBy(sockets, (socket) => keyOf(byOf(socket))).values()]
    .map((some) => ({ by: byOf(some[0] as InetSocket), sockets: some }))
    .sort((a, b) => b.sockets.length - a.sockets.length);
}
