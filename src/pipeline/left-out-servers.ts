import type { Query } from '../model/request/query.ts';
import { pattern } from '../model/socket/pattern.ts';
import type { Socket } from '../model/socket/socket.ts';
import { type Selection, whichPattern, whichTest } from '../select/index.ts';
import type { Batches } from '../sources/source.ts';

/** A selection that counts the servers that it leaves out. */
interface Counting {
  readonly selection: Selection;
  /** The same batches; after the last, the number is reported. */
  toEnd(batches: Batches<Socket>): Batches<Socket>;
}

/**
 * Selects what `selection` does, and counts the servers that match its filters but are left out by netstat's default;
 * null: that leaves none out.
 */
export function countingServers(
  selection: Selection,
  query: Pick<Query, 'boundInactive'>,
  onLeftOut: (servers: number) => void,
): Counting | null {
  if (selection.withServers === null) return null;
  const fits = { ...selection, ...selection.withServers };
  let servers = 0;
  const isConnected = whichTest('connected', query);
  const isShown = (socket: Socket) => {
    if (isConnected(socket)) return true;
    servers++;
    return false;
  };
  return {
    selection: {
      ...fits,
      // Those that are not connected are counted.
      certain: fits.isLate ? fits.certain : pattern.all([fits.certain, whichPattern('connected')]),
      early: (socket) => fits.early(socket) && (fits.isLate || isShown(socket)),
      late: (socket) => fits.late(socket) && isShown(socket),
    },
    async *toEnd(batches) {
      yield* batches;
      onLeftOut(servers);
    },
  };
}
