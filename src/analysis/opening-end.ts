import type { InetSocket } from '../model/socket/socket.ts';

/** The end of a connection that opened it. */
export type OpeningEnd = 'local' | 'remote';

/**
 * The end that opened a TCP connection, as far as the kernel tells; null: it does not. The end that sent the first SYN
 * has one byte more acknowledged than sent, since a SYN is counted as one (`tcp_snd_una_update` in
 * net/ipv4/tcp_input.c). So is a FIN: only states before one tell, and only while nothing is in flight.
 */
export function openingEnd({ state, tcpInfo }: InetSocket): OpeningEnd | null {
  if (state === 'SYN_SENT') return 'local';
  if (state === 'SYN_RECV') return 'remote';
  if (state !== 'ESTABLISHED' && state !== 'CLOSE_WAIT') return null;
  const { bytesSent = null, bytesAcked = null, bytesRetransmitted = null } = tcpInfo ?? {};
  if (tcpInfo?.unacked !== 0) return null;
  if (bytesSent === null || bytesAcked === null || bytesRetransmitted === null) return null;
  const excess = bytesAcked - (bytesSent - bytesRetransmitted);
  return excess === 1n ? 'local' : excess === 0n ? 'remote' : null;
}
