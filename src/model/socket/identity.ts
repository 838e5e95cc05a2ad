import type { Socket } from './socket.ts';

/**
 * The number that identifies a socket for as long as the kernel runs (SO_COOKIE; before Linux 5.4 unique only
 * within its network namespace), for following it. Rows do not show it unless asked for. Parts of the program that
 * are loaded separately have their own modules, so it is kept under a symbol that they share.
 */
const cookie = Symbol.for('tsnetstat.cookie');

/** Records the cookie beside the row. Cookies count from 1, so a number can hold them. */
export function keepCookie(socket: Socket, value: bigint): void {
  (socket as { [cookie]?: number })[cookie] = Number(value);
}

/** The recorded cookie; null: the kernel reported none. */
export function keptCookie(socket: Socket): number | null {
  return (socket as { [cookie]?: number })[cookie] ?? null;
}
