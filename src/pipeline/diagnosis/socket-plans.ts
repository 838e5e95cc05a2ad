import type { Check, Scope } from '../../analysis/checks/index.ts';
import type { Tally } from '../../analysis/checks/tally.ts';
import { isListening } from '../../model/classify.ts';
import type { Glance } from '../../model/glance.ts';
import { joinNeeds, needsAmong } from '../../model/needs.ts';
import type { Query } from '../../model/query.ts';
import type { Protocol, Socket } from '../../model/socket.ts';
import { narrowed } from '../../select/index.ts';
import type { WarningSink } from '../../sources/source.ts';
import { readRows } from '../read.ts';
import type { DiagnosisParts } from './parts.ts';

/** Sockets that are read in one pass, for some checks. */
interface SocketPlan {
  readonly checks: readonly Check[];
  readonly protocol: Protocol;
  readonly serversOnly: boolean;
}

/**
 * Plans a pass per protocol, with servers separate from the rest, so that what a check needs of some sockets is not
 * read for all.
 */
export function plansFor(
  checks: readonly Check[],
  { protocols }: Query,
  reads: (check: Check) => unknown,
): readonly SocketPlan[] {
  const looking = checks.filter(reads);
  return protocols.flatMap((protocol) =>
    [true, false].flatMap((serversOnly): readonly SocketPlan[] => {
      const fitting = looking.filter(
        ({ needs }) =>
          needs.protocols.includes(protocol) && (needs.serversOnly === true) === serversOnly,
      );
      return fitting.length === 0 ? [] : [{ checks: fitting, protocol, serversOnly }];
    }),
  );
}

/**
 * The filter for connections before rows are made of them, and whether it was called; null: a check must see every
 * row.
 */
export function glanceFor(
  checks: readonly Check[],
  scope: Scope,
  tallies: ReadonlyMap<Check, Tally>,
): { readonly wants: (glance: Glance) => boolean; wasAsked(): boolean } | null {
  if (!checks.every(({ watches, glances }) => watches === undefined || glances)) return null;
  const counting = checks.flatMap((check) => {
    const tally = tallies.get(check);
    return tally === undefined ? [] : [{ check, tally }];
  });
  let isAsked = false;
  return {
    wants(glance) {
      isAsked = true;
      for (const { check, tally } of counting) {
        if (check.tallies?.(glance, scope)) tally.add(glance);
      }
      for (const check of checks) if (check.glances?.(glance, scope)) return true;
      return false;
    },
    wasAsked: () => isAsked,
  };
}

/** Reads the sockets of a plan; `take` is called with each selected one. */
export async function readSockets(
  { source, query, netns, selection, pause }: DiagnosisParts,
  { checks, protocol, serversOnly }: SocketPlan,
  sink: WarningSink,
  take: (socket: Socket) => boolean,
  glance?: (glance: Glance) => boolean,
): Promise<void> {
  if (!source.protocols.includes(protocol)) return;
  const { isLate } = selection;
  // Owners that a reading itself reports are available only once it yields the row.
  const reportsOwners = source.withOwners === undefined;
  const isSeenLate = isLate || reportsOwners;
  const chosen = serversOnly
    ? narrowed(
        { ...selection, which: 'listening' },
        (socket) => isListening(socket) && selection.early(socket),
      )
    : selection;
  const reading = readRows(
    source,
    { ...query, report: 'sockets', protocols: [protocol] },
    {
      // Facts known late are there once the row is yielded; otherwise rows are examined as they are read.
      selection: isSeenLate
        ? chosen
        : narrowed(chosen, (socket) => chosen.early(socket) && take(socket)),
      needs: joinNeeds([
        needsAmong(selection.needs, 'all'),
        {
          ...(reportsOwners && { owners: 'all', ownerDetails: true }),
          // Findings show timers.
          timers: true,
          tcpInfo: checks.some(({ needs }) => needs.tcpInfo),
          socketInfo: checks.some(({ needs }) => needs.socketInfo),
          receivers: checks.some(({ needs }) => needs.receivers),
          boundSockets: query.boundInactive,
          // Exposure is looked up afterwards, from the device.
          devices: checks.some(({ needs }) => needs.exposure),
          netns: netns !== 'own',
        },
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
