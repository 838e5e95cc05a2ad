import type { InetSocket, Socket } from './socket.ts';

/** The interface that a socket is bound to: SO_BINDTODEVICE, or the link of a link-local address. */
export interface BoundDevice {
  /** Its number in its network namespace. */
  readonly index: number;
  /** Its name; the number as text where that cannot be told. */
  readonly name: string;
}

/** In each network namespace Linux gives the loopback interface this number. */
export const loopbackIndex = 1;

/** As in `socket-v6only.ts`: rows do not show it, and parts that are loaded apart share the symbol. */
const device = Symbol.for('tsnetstat.device');

/** Keeps it beside the row of one that is bound to an interface. */
export function keepDevice(socket: InetSocket, bound: BoundDevice): void {
  (socket as { [device]?: BoundDevice })[device] = bound;
}

/** The interface that a socket is bound to, by what was kept; null: none is, or nobody told. */
export function keptDevice(socket: Socket): BoundDevice | null {
  return (socket as { [device]?: BoundDevice })[device] ?? null;
}

/** The name of the interface that a socket is bound to, kept or told; null: none is, or nobody told. */
export function deviceOf(socket: Socket): string | null {
  return keptDevice(socket)?.name ?? socket.device ?? null;
}

/** The loopback interface as zone of an address: macOS tells its name (`fe80::1%lo0`), Windows its number. */
const loopbackZones: ReadonlySet<string | null> = new Set(['lo0', '1']);

/**
 * Whether a socket is known to be bound to the loopback interface, or to an address of it alone, over which this
 * machine alone sends.
 */
export function isOnLoopback(socket: Socket): boolean {
  if (socket.protocol !== 'unix' && loopbackZones.has(socket.local.zone)) return true;
  const bound = keptDevice(socket);
  return bound === null ? socket.device === 'lo' : bound.index === loopbackIndex;
}

/** Whether it was told which interface a socket is bound to, or that it is to none: with its cookie, as always. */
export function isDeviceTold({ device, cookie }: Socket): boolean {
  return device !== undefined && (device !== null || (cookie ?? null) !== null);
}
