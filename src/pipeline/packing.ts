import { type PackedFacts, packIn, socketsIn } from '../model/packed/sockets.ts';
import type { Row } from '../model/report/snapshot.ts';
import type { Listing } from '../model/request/listing.ts';
import type { Needs, ViewNeeds } from '../model/request/needs.ts';
import type { Selection } from '../select/index.ts';
import type { Batches } from '../sources/source.ts';

/** How rows come packed. */
export interface Packing {
  readonly facts: PackedFacts;
  /** Whether the view takes packs; otherwise rows become objects on the way to it. */
  readonly takesPacks: boolean;
}

/**
 * Returns how rows come packed, if nothing between source and view needs objects; null: they come as objects. For a
 * view of objects, and with names, they become objects a few at a time as they are shown: short-lived objects cost the
 * least.
 */
export function packingFor(
  listing: Listing,
  viewNeeds: ViewNeeds,
  needs: Needs,
  filter: Pick<Selection, 'isPlain' | 'needs'>,
): Packing | null {
  const { which, report } = listing.query;
  const { previousRound, peers, rates, boundSockets, devices, netns, machines } = needs;
  // There are few listeners.
  if (which === 'listening' || previousRound || listing.view.quiet) return null;
  if (boundSockets || devices || netns || machines) return null;
  // Packed rows cannot be filtered by peers, nor by facts that a warning may be about.
  if (!filter.isPlain && (peers || filter.needs.includes('socketInfo'))) return null;
  const ofView = viewNeeds.packed?.(listing, needs) ?? null;
  if (ofView === null && report !== 'sockets') return null;
  const facts = ofView ?? { users: true, whole: true };
  // The peer of a datagram socket may be any server, and its address may be one that only a server is bound to.
  const chosen = peers
    ? { connectedOnly: false, tcpOnly: true }
    : { connectedOnly: filter.isPlain && which === 'connected' };
  // A filter may use any of TCP's internals.
  const whole = facts.whole === true || filter.needs.includes('tcpInfo');
  const takesPacks = ofView !== null && !needsNames(needs);
  // It may also be by user.
  const filtered = !filter.isPlain && { filtered: true, users: true };
  return {
    facts: {
      ...facts,
      ...(whole && { whole }),
      timers: needs.timers,
      ...((rates || (whole && takesPacks && listing.view.tcpInfo)) && { counts: true }),
      ...filtered,
      ...chosen,
    },
    takesPacks,
  };
}

function needsNames({ hostNames, serviceNames, userNames }: Needs): boolean {
  return hostNames || serviceNames || userNames;
}

/** How many packed rows are unpacked at a time. */
const unpackedRows = 32;

/** Unpacks packed rows for consumers that need objects: a few at a time, on demand. */
export async function* unpacked(batches: Batches<Row>): Batches<Row> {
  for await (const batch of batches) {
    const pack = packIn(batch);
    if (pack === null) {
      yield batch;
      continue;
    }
    for (let at = 0; at < pack.length; at += unpackedRows) {
      yield socketsIn(pack, at, at + unpackedRows);
    }
  }
}
