/** Who holds connections, and what they are grouped by where that is not known. */
import { groupedBy } from '../../model/add-to.ts';
import { endText } from '../../model/address/text.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import type { Writable } from '../../model/writable.ts';
import { localServers } from '../server-end.ts';
import { type Group, groupSample } from './check.ts';
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

function serviceEnd({ local, remote }: InetSocket, isHere: boolean): ServiceEnd {
  const text = isHere ? `local port ${local.port}` : endText(remote);
  const condition = isHere ? ['sport', '=', `:${local.port}`] : ['dst', '=', text];
  return { text, isHere, condition };
}

/** Connections by their services, the most first. */
export function byService(sockets: readonly InetSocket[]): readonly Together<ServiceEnd>[] {
  const endOf = serviceEnds(sockets);
  return grouped(sockets, endOf, ({ text }) => text);
}

/** The service's end of each of these connections. A server's port need not be the lower one. */
function serviceEnds(sockets: readonly InetSocket[]): (socket: InetSocket) => ServiceEnd {
  const isHere = localServers(sockets);
  return (socket) => serviceEnd(socket, isHere(socket));
}

/**
 * A key under which connections can be counted as they pass, while the others are not known: the end with the lower
 * port. `largestService` finds out what they have in common.
 */
export function likelyServiceText(socket: InetSocket): string {
  return serviceEnd(socket, socket.local.port < socket.remote.port).text;
}

/** The service of the most of these connections, which were counted by `likelyServiceText`; null: there are none. */
export function largestService(groups: Iterable<Group>): CountedService | null {
  const all = [...groups].map(({ count, sockets }) => ({
    count,
    kept: sockets.filter((socket) => socket.protocol !== 'unix'),
  }));
  const endOf = serviceEnds(all.flatMap(({ kept }) => kept));
  const services = new Map<string, Writable<CountedService>>();
  for (const { count, kept } of all) {
    for (const [index, socket] of kept.entries()) {
      const { text } = endOf(socket);
      const service = services.get(text) ?? { text, count: 0, sockets: [] };
      services.set(text, service);
      // Those of a group that were not kept are taken to be like its first.
      service.count += index === 0 ? 1 + count - kept.length : 1;
      if (service.sockets.length < groupSample) service.sockets.push(socket);
    }
  }
  return [...services.values()].sort((a, b) => b.count - a.count)[0] ?? null;
}

/** Connections of one service. */
interface CountedService extends Pick<ServiceEnd, 'text'> {
  readonly count: number;
  /** The first few of them. */
  readonly sockets: InetSocket[];
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
