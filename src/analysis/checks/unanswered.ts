import type { Timer } from '../../model/socket/socket.ts';

/**
 * How many times in a row a connection has sent the same without an answer: a segment, a keep-alive or a zero-window
 * probe, whose timer runs.
 */
export function unanswered(timer: Timer | null): number {
  switch (timer?.kind) {
    case 'on':
      return timer.retransmits;
    case 'keepalive':
    case 'probe':
      return Math.max(0, timer.probes);
    default:
      return 0;
  }
}
