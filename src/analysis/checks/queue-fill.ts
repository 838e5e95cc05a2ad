import type { Socket } from '../../model/socket/socket.ts';

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
