import { type Timer, timerKinds } from '../../../model/socket/socket.ts';

/** The kind of timer for a code: net/ipv4/tcp_ipv4.c, get_tcp4_sock, and net/ipv4/inet_diag.c. */
export function timerKindOf(code: number): Timer['kind'] {
  return timerKinds[code] ?? `unknown(${code})`;
}

/** The timer of nearly every socket, shared and frozen. */
export const timerOff: Timer = Object.freeze({
  ...({ kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 } as const),
});

/** Milliseconds of one unit of time in /proc: USER_HZ is 100 on every machine that this runs on. */
export const tick = 10;
