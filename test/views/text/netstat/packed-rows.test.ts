import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyOwners, emptyPeers } from '../../../../src/model/packed/owners.ts';
import {
  emptyPack,
  type PackedSockets,
  type PackedTable,
} from '../../../../src/model/packed/sockets.ts';
import type { InetSocket } from '../../../../src/model/socket.ts';
import { tcpStateOf } from '../../../../src/sources/linux/sockets/states.ts';
import { chalkPaint } from '../../../../src/views/text/chalk-paint.ts';
import { inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { packedRows } from '../../../../src/views/text/netstat/packed-rows.ts';
import { owner } from '../../../support/builders.ts';
import type { Asked } from '../../../support/listing.ts';
import { packs, socketsOf } from '../../../support/packs.ts';
import { contextWith } from '../support/render.ts';

const everything = { programs: true, extend: 1, timers: true, tcpInfo: true, wide: true } as const;
const asked: readonly (readonly [string, Partial<Asked>])[] = [
  ['-n', {}],
  ['-nW', { wide: true }],
  ['-ne', { extend: 1 }],
  ['-no', { timers: true }],
  ['-np', { programs: true }],
  ['-npW', { programs: true, wide: true }],
  ['-npeo --tcp-info', { programs: true, extend: 1, timers: true, tcpInfo: true }],
  ['-neoW', { wide: true, extend: 2, timers: true }],
  ['-n --tcp-info', { tcpInfo: true }],
  ['-n -c --tcp-info', { tcpInfo: true, interval: 1000 }],
  ['-neo --tcp-info', { extend: 1, timers: true, tcpInfo: true }],
  ['-n --peers', { peers: true }],
  ['-no --peers', { timers: true, peers: true }],
  ['-npeoW --tcp-info --peers', { ...everything, peers: true }],
  ['-npeoW -c --tcp-info --peers', { ...everything, peers: true, interval: 1000 }],
];

/** With somebody at the other end of each: whoever holds the row before it. */
function withPeers(pack: PackedSockets): PackedSockets {
  const { lists, known } = pack.owners ?? emptyOwners(0, []);
  const peers = emptyPeers(lists.length, known, null);
  peers.lists.set(lists.map((_, row) => lists.at(row - 1) as number));
  return { ...pack, peers };
}

/** The objects of such a pack. */
function socketsWithPeers(pack: PackedSockets): InetSocket[] {
  return socketsOf(pack).map((socket, row) => {
    const owners = pack.peers?.known[pack.peers.lists[row] as number] ?? [];
    return { ...socket, peer: { inode: null, owners, noOwner: null } };
  });
}

describe('rows of packed sockets are, byte for byte, those of their objects', () => {
  it.each(asked)('%s', (_, changes) => {
    const context = contextWith(changes);
    fc.assert(
      fc.property(packs, (some) => {
        const pack = withPeers(some);
        const [ofPack, ofSocket] = [packedRows(context), inetRow(context)];
        const text = Buffer.from(ofPack(pack)).toString();
        expect(text).toBe(socketsWithPeers(pack).map(ofSocket).join(''));
      }),
      { numRuns: 400 },
    );
  });

  it('keeps a pack to its own owners where later ones add to the list', () => {
    const context = contextWith({ programs: true, wide: true });
    const [ofPack, ofSocket] = [packedRows(context), inetRow(context)];
    const known = [[], [owner(1, 'init')]];
    const table: PackedTable = {
      ...({ protocol: 'tcp', family: 'inet' } as const),
      stateOf: tcpStateOf,
      timerKindOf: () => 'off',
    };
    for (const pid of [20, 300, 4_000]) {
      known.push([owner(pid, 'x'.repeat(pid))]);
      const pack = emptyPack(table, 600, false);
      pack.length = 600;
      const owners = emptyOwners(600, known);
      owners.lists.set(Int32Array.from({ length: 600 }, (_, at) => at % known.length));
      pack.owners = owners;
      expect(Buffer.from(ofPack(pack)).toString()).toBe(socketsOf(pack).map(ofSocket).join(''));
    }
  });

  it('in colour', async () => {
    const context = contextWith({ programs: true }, { paint: await chalkPaint(1) });
    fc.assert(
      fc.property(packs, (pack) => {
        const [ofPack, ofSocket] = [packedRows(context), inetRow(context)];
        const text = Buffer.from(ofPack(pack)).toString();
        expect(text).toBe(socketsOf(pack).map(ofSocket).join(''));
      }),
    );
  });
});
