import { dependsOnAddresses, type WhyUnknown } from '../analysis/peers/inet-pairs.ts';
import { boundAddresses, packedPeers } from '../analysis/peers/packed-pairs.ts';
import { peerFinder, unknownPeers } from '../analysis/peers/peers.ts';
import { deferFailure } from '../flow/defer-failure.ts';
import type { OwnAddress } from '../model/machine/own-address.ts';
import {
  addRow,
  asBatch,
  emptyLike,
  keepPack,
  packIn,
  socketAt,
  socketsIn,
  type WritablePack,
} from '../model/packed/sockets.ts';
import { platformTitles } from '../model/report/facts.ts';
import { type Warning, warningOf } from '../model/report/snapshot.ts';
import type { Peer } from '../model/socket/peer.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Batches, Source, SourceQuery, WarningSink } from '../sources/source.ts';
import { counted } from '../text/counted.ts';

/** How many rows are yielded at a time. */
const batchRows = 256;

/** What to do with the sockets whose peers are looked up. */
export interface PeerReading {
  /**
   * Whether a socket is asked for; the others may still be peers. For packed sockets it depends only on their
   * family, and on whether they have a remote end.
   */
  keep(socket: Socket): boolean;
  /** As `Source.unixPeers`; called once all rows are read. */
  unixPeers(): Promise<ReadonlyMap<number, number> | null>;
  /** As `Source.ownAddresses`; called once all rows are read, if a peer may depend on it. Left out: none is known. */
  ownAddresses?(): Promise<readonly OwnAddress[]>;
  /**
   * Called once per reason and machine, with the number of requested sockets for which it is not known whether they
   * have a peer here.
   */
  onUnknown?(why: WhyUnknown, count: number, host: string | undefined): void;
}

/** Sockets with their peers; who cannot be determined is a warning. */
export function readPeers(
  source: Source,
  { protocols, netns }: Pick<SourceQuery<'sockets'>, 'protocols' | 'netns'>,
  batches: Batches<Socket>,
  keep: (socket: Socket) => boolean,
  warnings: WarningSink,
): Batches<Socket> {
  const unixPeers = async () => {
    if (!protocols.includes('unix')) return null;
    if (source.unixPeers !== undefined) return source.unixPeers(warnings);
    const message = `unix: ${platformTitles[source.platform]} does not provide the peers of these sockets`;
    warnings.warn({ code: 'absent', message, source: 'unix' });
    return null;
  };
  const ownAddresses = async () => (await source.ownAddresses?.({ netns: netns === true })) ?? [];
  const onUnknown = (why: WhyUnknown, count: number, host: string | undefined) => {
    warnings.warn(warningOf(host, unknownReceivers(why, count)));
  };
  return withPeers(batches, { keep, unixPeers, ownAddresses, onUnknown });
}

const whyUnknown: Readonly<Record<WhyUnknown, string>> = {
  families: 'it is unknown whether a server at [::] also accepts IPv4',
  interface:
    'it is unknown whether packets to an address arrive by the interface that a server is bound to',
};

/** The warning that receivers are not known: a program may restrict its server to IPv6, or to an interface. */
function unknownReceivers(why: WhyUnknown, count: number): Warning {
  const peers = `the ${count === 1 ? 'peer' : 'peers'} of ${counted(count, 'UDP socket')}`;
  return {
    code: 'incomplete',
    message: `${peers} could not be determined: ${whyUnknown[why]}`,
    source: why === 'families' ? 'udp6' : 'udp',
  };
}

/** Rows kept until the last one is read, in order; only batch boundaries may change. */
type Kept = WritablePack | Socket[];

/**
 * Yields the requested sockets with their peers, which are written into the rows. All rows of a machine are kept
 * until its last is read: any of them may be the other end of the first. Rows of several machines come machine by
 * machine. Packed rows are TCP's, and stay packed if all of TCP is packed.
 */
export async function* withPeers(batches: Batches<Socket>, reading: PeerReading): Batches<Socket> {
  const { unixPeers } = reading;
  const all = deferFailure(batches);
  let kept: Kept[] = [];
  let host: string | undefined;
  let unix: ReturnType<PeerReading['unixPeers']> | null = null;
  async function* paired(): Batches<Socket> {
    unix ??= unixPeers();
    yield* withPeersAmong(kept, await unix, host, reading);
  }
  for await (const batch of all.batches) {
    const pack = packIn(batch);
    if (pack !== null) {
      if (pack.length > 0) keepPack(kept, pack);
      continue;
    }
    for (const socket of batch) {
      if (kept.length > 0 && host !== socket.host) {
        yield* paired();
        kept = [];
      }
      host = socket.host;
      const last = kept.at(-1);
      if (last === undefined || isPack(last)) kept.push([socket]);
      else last.push(socket);
    }
  }
  yield* paired();
  all.rethrow();
}

/** Yields the requested ones of the rows of one machine, `host`, with their peers. `unix`: as in `Source.unixPeers`. */
async function* withPeersAmong(
  kept: Kept[],
  unix: Awaited<ReturnType<PeerReading['unixPeers']>>,
  host: string | undefined,
  { keep, ownAddresses, onUnknown }: PeerReading,
): Batches<Socket> {
  const rows = pairable(kept);
  const packs = rows.filter(isPack);
  const peersOf = new Map(packedPeers(packs).map((peers, at) => [packs[at], peers]));
  const sockets = rows.flatMap((some) => (isPack(some) ? [] : some));
  const known = dependsOnAddresses(sockets) ? ((await ownAddresses?.()) ?? []) : [];
  const peerOf = peerFinder(sockets, unix, function* () {
    for (const address of boundAddresses(packs)) yield { address };
    yield* known;
  });
  const unknownCounts = { families: 0, interface: 0 } satisfies Record<WhyUnknown, number>;
  for (const some of rows) {
    if (isPack(some)) {
      some.peers = peersOf.get(some) ?? null;
      const chosen = chosenOf(some, keep);
      if (chosen.length > 0) yield asBatch(chosen);
      continue;
    }
    for (let at = 0; at < some.length; at += batchRows) {
      const chosen = some.slice(at, at + batchRows).filter(keep);
      for (const socket of chosen) {
        const peer = peerOf(socket);
        (socket as { peer?: Peer | null }).peer = peer;
        if (peer === unknownPeers.families) unknownCounts.families++;
        if (peer === unknownPeers.interface) unknownCounts.interface++;
      }
      if (chosen.length > 0) yield chosen;
    }
  }
  for (const why of ['families', 'interface'] as const) {
    if (unknownCounts[why] > 0) onUnknown?.(why, unknownCounts[why], host);
  }
}

function isPack(some: Kept): some is WritablePack {
  return !Array.isArray(some);
}

/** The same rows, with TCP's either all packed or all objects: one table may have come packed without the other. */
function pairable(kept: readonly Kept[]): readonly Kept[] {
  const isMixed = kept.some((some) => !isPack(some) && some.some(isTcp)) && kept.some(isPack);
  return isMixed ? kept.map((some) => (isPack(some) ? socketsIn(some) : some)) : kept;
}

const isTcp = ({ protocol }: Socket) => protocol === 'tcp';

/** The rows of a pack that are asked for. */
function chosenOf(pack: WritablePack, keep: PeerReading['keep']): WritablePack {
  const hasEnd = (row: number) => pack.remotePorts[row] !== 0;
  const answers = new Map<boolean, boolean>();
  const isChosen = (row: number) => {
    const answer = answers.get(hasEnd(row)) ?? keep(socketAt(pack, row));
    answers.set(hasEnd(row), answer);
    return answer;
  };
  const rows = Array.from({ length: pack.length }, (_, row) => row).filter(isChosen);
  if (rows.length === pack.length) return pack;
  const chosen = emptyLike(pack, rows.length);
  for (const row of rows) addRow(chosen, pack, row);
  return chosen;
}
