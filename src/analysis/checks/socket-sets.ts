import { endText } from '../../model/address/text.ts';
import type { Owner } from '../../model/socket/owner.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';

/** Those that are not UNIX sockets. */
export function inetOnly(sockets: readonly Socket[]): readonly InetSocket[] {
  return sockets.filter((socket) => socket.protocol !== 'unix');
}

/** Groups, those with the most sockets first. */
export function mostFirst<One>(
  groups: ReadonlyMap<string, readonly One[]>,
): readonly (readonly [string, readonly One[]])[] {
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

/** Identifies a socket in both looks: its ends and its inode. */
export function socketKey(socket: Socket): string {
  if (socket.protocol === 'unix') return `unix ${socket.inode}`;
  const { protocol, family, local, remote, inode } = socket;
  return `${protocol} ${family} ${endText(local)} ${endText(remote)} ${inode}`;
}

/** The sockets of the look before, by `socketKey`. */
export function socketsByKey(sockets: readonly Socket[]): ReadonlyMap<string, Socket> {
  return new Map(sockets.map((socket) => [socketKey(socket), socket]));
}

/** A process for people: `nginx (PID 812)`. */
export function processText({ pid, program }: Pick<Owner, 'pid' | 'program'>): string {
  return `${program ?? 'a process'} (PID ${pid})`;
}

/** The processes that hold sockets, each once. */
export function pidsOf(sockets: readonly Socket[]): readonly number[] {
  return [...new Set(sockets.flatMap(({ owners }) => owners ?? []).map(({ pid }) => pid))];
}

/** The owners of sockets for people: the first, with the number of further ones; null: not known. */
export function ownersText(...sockets: readonly Socket[]): string | null {
  const first = sockets.flatMap(({ owners }) => owners ?? [])[0];
  if (first === undefined) return null;
  const others = pidsOf(sockets).length - 1;
  const more = others === 0 ? '' : ` and ${counted(others, 'other process', 'other processes')}`;
  return processText(first) + more;
}
