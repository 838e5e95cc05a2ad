import type { Socket } from '../model/socket/socket.ts';

/** How many connections wait at a server; 0 for one that was not watched. */
export function queueLength(socket: Socket | undefined): number {
  return socket?.acceptQueue?.length ?? socket?.recvQueue ?? 0;
}

/** Whether a queue is full: the kernel admits one more than the limit. */
export function isFullQueue(length: number, limit: number): boolean {
  return length > limit;
}

/** Whether a queue is full, or has reached `full` percent of its limit. */
export function isNearlyFullQueue(length: number, limit: number, full: number): boolean {
  return isFullQueue(length, limit) || length * 100 >= limit * full;
}

/** The queue of a server; `limit`: null if it is not reported. */
export interface QueueFill {
  readonly length: number;
  readonly limit: number | null;
}

/** Whether a queue is more in need of attention than another: a full one first, then by its share of the limit. */
export function isFuller(one: QueueFill, other: QueueFill): boolean {
  const [isFull, isOtherFull] = [one, other].map(
    ({ length, limit }) => limit !== null && isFullQueue(length, limit),
  );
  return isFull === isOtherFull ? shareOf(one) > shareOf(other) : isFull === true;
}

/** Without a limit, its length. */
function shareOf({ length, limit }: QueueFill): number {
  return length === 0 ? 0 : length / (limit ?? 1);
}
