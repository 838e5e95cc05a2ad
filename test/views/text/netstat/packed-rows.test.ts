import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyPack, type PackedTable } from '../../../../src/model/packed-sockets.ts';
import { tcpStateOf } from '../../../../src/sources/linux/sockets/states.ts';
import { chalkPaint } from '../../../../src/views/text/chalk-paint.ts';
import { inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { packedRows } from '../../../../src/views/text/netstat/packed-rows.ts';
import { owner } from '../../../support/builders.ts';
import type { Asked } from '../../../support/listing.ts';
import { packs, socketsOf } from '../../../support/packs.ts';
import { contextWith } from '../support/render.ts';

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
  ['-neo --tcp-info', { extend: 1, timers: true, tcpInfo: true }],
];

describe('rows of packed sockets are, byte for byte, those of their objects', () => {
  it.each(asked)('%s', (_, changes) => {
    const context = contextWith(changes);
    fc.assert(
      fc.property(packs, (pack) => {
        const [ofPack, ofSocket] = [packedRows(context), inetRow(context)];
        const text = Buffer.from(ofPack(pack)).toString();
        expect(text).toBe(socketsOf(pack).map(ofSocket).join(''));
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
      pack.owners = {
        known,
        lists: Int32Array.from({ length: 600 }, (_, at) => at % known.length),
      };
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
