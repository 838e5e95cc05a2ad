import type { InetSocket } from '../../model/socket/socket.ts';
import { byService, type ServiceEnd, type Together } from './responsible.ts';
import { unanswered } from './unanswered.ts';

/**
 * Whether a program has closed a connection, and only the kernel still waits for the peer to confirm that: a socket
 * that a program holds has an inode.
 */
export function isClosingOrphan({ state, inode }: InetSocket): boolean {
  return inode === null && (state === 'FIN_WAIT1' || state === 'LAST_ACK' || state === 'CLOSING');
}

/** By service, those whose peers have left the last packet unanswered `row` times, if there are `least`. */
export function vanishedPeers(
  sockets: readonly InetSocket[],
  row: number,
  least: number,
): readonly Together<ServiceEnd>[] {
  const those = sockets.filter(
    (socket) => isClosingOrphan(socket) && unanswered(socket.timer) >= row,
  );
  return byService(those).filter((group) => group.sockets.length >= least);
}
