import type { Socket } from './socket.ts';

/**
 * The number by which the kernel tells its sockets apart for as long as it runs (SO_COOKIE), before Linux 5.4 those
 * of each network namespace by themselves, for whoever follows them. Rows do not show it unless it was asked for, and parts of the program that are loaded apart
 * have each their own modules, so it is kept under a symbol they share.
 */
const cookie = Symbol.for('tsnetstat.cookie');

/** Keeps the number beside the row. Cookies are counted from 1, so that a number holds them. */
export function keepCookie(socket: Socket, value: bigint): void {
  (socket as { [cookie]?: number })[cookie] = Number(value);
}

/** The number that was kept; null: the kernel told none. */
export function keptCookie(socket: Socket): number | null {
  return (socket as { [cookie]?: number })[cookie] ?? null;
}
