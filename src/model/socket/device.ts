import { loopbackIndex } from '../machine/interface.ts';
import type { InetSocket, Socket } from './socket.ts';

/** The interface that a socket is bound to: SO_BINDTODEVICE, or the link of a link-local address. */
export interface BoundDevice {
  /** Its index in its network namespace. */
  readonly index: number;
  /** Its name; the index as text if the name is not known. */
  readonly name: string;
}

/** A symbol shared by separately loaded parts of the program, as in `v6only.ts`; rows do not show it. */
const device = Symbol.for('tsnetstat.device');

/** Records beside a row which interface the socket is bound to. */
export function keepDevice(socket: InetSocket, bound: BoundDevice): void {
  (socket as { [device]?: BoundDevice })[device] = bound;
}

/** The recorded interface that a socket is bound to; null: none, or not known. */
export function keptDevice(socket: Socket): BoundDevice | null {
  return (socket as { [device]?: BoundDevice })[device] ?? null;
}

/** The name of the interface that a socket is bound to, from the record or the row; null: none, or not known. */
export function deviceOf(socket: Socket): string | null {
  return keptDevice(socket)?.name ?? socket.device ?? null;
}

/** The loopback interface as the zone of an address: its name on macOS (`fe80::1%lo0`), its number on Windows. */
const loopbackZones: ReadonlySet<string | null> = new Set(['lo0', '1']);

/**
 * Whether a socket is known to be bound to the loopback interface, or to an address with that zone, which only this
 * machine can reach.
 */
export function isOnLoopback(socket: Socket): boolean {
  if (socket.protocol !== 'unix' && loopbackZones.has(socket.local.zone)) return true;
  const bound = keptDevice(socket);
  return bound === null ? socket.device === 'lo' : bound.index === loopbackIndex;
}

/**
 * Whether it is known which interface a socket is bound to, or that it is bound to none. A cookie shows that the
 * kernel was asked.
 */
export function isDeviceKnown({ device, cookie }: Socket): boolean {
  return device !== undefined && (device !== null || (cookie ?? null) !== null);
}

/** Why nothing arrives at a server whose exposure is `nowhere`: a phrase. Of an interface that is gone only the number is left. */
export function lackText(socket: Socket): string {
  const { index, name } = keptDevice(socket) ?? { index: socket.device, name: socket.device };
  return typeof name === 'string' && name === String(index) && /^\d+$/.test(name)
    ? `the interface that it is bound to, number ${name}, is gone`
    : 'this network does not have its address';
}
