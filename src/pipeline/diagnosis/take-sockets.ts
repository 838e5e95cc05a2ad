import type { Protocol } from '../../model/protocol.ts';
import { joinNeeds, type Needs, needsAmong } from '../../model/request/needs.ts';
import type { Query } from '../../model/request/query.ts';
import type { Glance } from '../../model/socket/glance.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { narrowed, type Selection } from '../../select/index.ts';
import type { Source, WarningSink, WithOwnersQuery } from '../../sources/source.ts';
import { readRows } from '../read.ts';

/** Which sockets are read, and what of them. */
export interface TakenSockets {
  readonly source: Source;
  readonly query: Query;
  readonly protocols: readonly Protocol[];
  readonly selection: Selection;
  /** What must be known besides timers, which findings show, and what the selection needs. */
  readonly needs: Partial<Needs>;
  /** Owners are reported with each row. */
  readonly withOwners: boolean;
  /** As in `SocketQuery`. */
  readonly glance?: ((glance: Glance) => boolean) | undefined;
  readonly pause?: (() => Promise<void>) | undefined;
}

/** Whether a reading reports owners at no extra cost, so that they are not looked up afterwards. */
export const reportsOwners = ({ withOwners }: Source): boolean => withOwners === undefined;

/** Asks for all owners, and for what the source knows beside them; `exposure`: also from where servers can be reached. */
export function withOwnersQuery({ facts }: Source, exposure = true): WithOwnersQuery {
  return {
    owners: { depth: 'all', details: true },
    workloads: facts.includes('workloads'),
    exposure: exposure && facts.includes('exposure'),
  };
}

/** Calls `take` with each selected socket; those that it does not keep are not held in memory, if possible. */
export async function takeSockets(
  { source, query, protocols, selection, needs, withOwners, glance, pause }: TakenSockets,
  sink: WarningSink,
  take: (socket: Socket) => boolean,
): Promise<void> {
  // Facts known late, and owners that a reading itself reports, are there once the row is yielded; otherwise rows are
  // examined as they are read.
  const isSeenLate = selection.isLate || withOwners;
  const reading = readRows(
    source,
    { ...query, report: 'sockets', protocols },
    {
      selection: isSeenLate
        ? selection
        : narrowed(selection, (socket) => selection.early(socket) && take(socket)),
      needs: joinNeeds([
        needsAmong(selection.needs, 'all'),
        { ...needs, timers: true, ...(withOwners && { owners: 'all', ownerDetails: true }) },
      ]),
      keepsAll: true,
      glance,
    },
    sink,
  );
  for await (const batch of reading.batches) {
    if (isSeenLate) for (const socket of batch) take(socket);
    await pause?.();
  }
}
