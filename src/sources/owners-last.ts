import { deferFailure } from '../flow/defer-failure.ts';
import type { Socket } from '../model/socket/socket.ts';
import { type ReadRows, readingOf } from './reading.ts';
import type { Batches, OwnerQuery, SocketQuery } from './source.ts';

/**
 * The sockets of `rows` that the query keeps. If it asks for owners, `withOwners` looks them up for all of these at
 * once, after the last is read; it returns the same sockets in the same order.
 */
export async function* ownersLast(
  { keep, owners }: SocketQuery,
  rows: ReadRows<Socket>,
  withOwners: (sockets: readonly Socket[], owners: OwnerQuery) => Promise<readonly Socket[]>,
  begin: () => void,
): Batches<Socket> {
  if (owners === null) {
    for await (const batch of rows(begin)) yield batch.filter(keep);
    return;
  }
  const reading = readingOf(rows);
  await reading.begun();
  const all = deferFailure(reading.batches);
  const chosen: Socket[] = [];
  for await (const batch of all.batches) {
    for (const socket of batch) if (keep(socket)) chosen.push(socket);
  }
  const found = await withOwners(chosen, owners);
  begin();
  yield found;
  all.rethrow();
}
