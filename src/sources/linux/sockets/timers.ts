import type { Timer } from '../../../model/socket.ts';

const timerKinds: readonly Timer['kind'][] = ['off', 'on', 'keepalive', 'timewait', 'probe'];

/** What the timer of this code is: net/ipv4/tcp_ipv4.c, get_tcp4_sock, and net/ipv4/inet_diag.c. */
export function timerKindOf(code: number): Timer['kind'] {
  return timerKinds[code] ?? `unknown(${code})`;
}

/** That of nearly every socket, which they share: nobody may write into it. */
export const timerOff: Timer = Object.freeze({
  ...({ kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 } as const),
});

/** /proc prints times in USER_HZ, which is 100 on every machine this runs on: so many milliseconds each. */
export const tick = 10;
