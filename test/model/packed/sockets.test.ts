import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRow,
  emptyPack,
  keepPack,
  type PackedSockets,
  packIn,
  socketsIn,
  type WritablePack,
} from '../../../src/model/packed/sockets.ts';
import type { Row } from '../../../src/model/report/snapshot.ts';
import { inet } from '../../support/builders.ts';
import { packs } from '../../support/packs.ts';

/** The rows of a pack in packs of a few. */
function partsOf(pack: PackedSockets, most: number): WritablePack[] {
  const parts: WritablePack[] = [];
  for (let row = 0; row < pack.length; row++) {
    if (row % most === 0) parts.push(emptyPack(pack.table, most, true));
    addRow(parts.at(-1) as WritablePack, pack, row);
  }
  return parts;
}

const rowsIn = (kept: readonly (readonly Row[] | WritablePack)[]) =>
  kept.flatMap((batch) => {
    const pack = packIn(batch);
    return pack === null ? (batch as readonly Row[]) : socketsIn(pack);
  });

describe('packs that are kept', () => {
  it('have every row in its order, though those they came in are used anew', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.array(packs, { maxLength: 3 }), size, size, (some, most, room) => {
        const kept: (readonly Row[] | WritablePack)[] = [];
        for (const part of some.flatMap((pack) => partsOf(pack, most))) {
          const rows = socketsIn(part);
          const places = keepPack(kept, part, room);
          expect(places.flatMap(({ pack, from }) => socketsIn(pack, from))).toEqual(rows);
          part.localPorts.fill(9);
          part.owners?.lists.fill(0);
        }
        expect(rowsIn(kept)).toEqual(some.flatMap((pack) => socketsIn(pack)));
        for (const pack of kept) expect(pack.length).toBeLessThanOrEqual(room);
      }),
    );
  });

  it('stand together where they are of one table, and never across what stands between', () => {
    fc.assert(
      fc.property(packs, (pack) => {
        const kept: (readonly Row[] | WritablePack)[] = [];
        for (const part of partsOf(pack, 2)) keepPack(kept, part);
        expect(kept).toHaveLength(1);
        kept.push([inet('127.0.0.1:1', '0.0.0.0')]);
        keepPack(kept, pack);
        expect(kept).toHaveLength(3);
        keepPack(kept, { ...pack, table: { ...pack.table } });
        expect(kept).toHaveLength(4);
      }),
    );
  });
});
