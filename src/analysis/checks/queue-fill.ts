import type { Socket } from '../../model/socket/socket.ts';

/** From where on an accept queue is a finding of its own by default: the percentage of its limit, and connections. */
export const crowdedFrom = { full: 80, least: 8 };

/** How many connections wait at a server; 0 for one that was not watched. */
export function queueLength(socket: Socket | undefined): number {
  if (socket === undefined || socket.protocol === 'unix') return 0;
  return socket.acceptQueue?.length ?? socket.recvQueue ?? 0;
}

/** Whether a queue is full: the kernel admits one more than the limit. */
export function isFullQueue(length: number, limit: number): boolean {
  return length > limit;
}

/** Whether a queue is full, or has reached `full` percent of its limit. */
export function isNearlyFullQueue(length: number, limit: number, full: number): boolean {
  return isFullQueue(length, limit) || length * 100 >= limit * full;
}
