import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chalkPaint } from '../../../../src/views/text/chalk-paint.ts';
import { inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { packedRows } from '../../../../src/views/text/netstat/packed-rows.ts';
import type { Asked } from '../../../support/listing.ts';
import { packs, socketsOf } from '../../../support/packs.ts';
import { contextWith } from '../support/render.ts';

const asked: readonly (readonly [string, Partial<Asked>])[] = [
  ['-n', {}],
  ['-nW', { wide: true }],
  ['-ne', { extend: 1 }],
  ['-no', { timers: true }],
  ['-neoW', { wide: true, extend: 2, timers: true }],
  ['-n --tcp-info', { tcpInfo: true }],
  ['-neo --tcp-info', { extend: 1, timers: true, tcpInfo: true }],
];

describe('rows of packed sockets are, byte for byte, those of their objects', () => {
  it.each(asked)('%s', (_, changes) => {
    const context = contextWith(changes);
    const ofPack = packedRows(context);
    const ofSocket = inetRow(context);
    fc.assert(
      fc.property(packs, (pack) => {
        const text = Buffer.from(ofPack(pack)).toString();
        expect(text).toBe(socketsOf(pack).map(ofSocket).join(''));
      }),
      { numRuns: 400 },
    );
  });

  it('in colour', async () => {
    const context = contextWith({}, { paint: await chalkPaint(1) });
    const ofPack = packedRows(context);
    const ofSocket = inetRow(context);
    fc.assert(
      fc.property(packs, (pack) => {
        const text = Buffer.from(ofPack(pack)).toString();
        expect(text).toBe(socketsOf(pack).map(ofSocket).join(''));
      }),
    );
  });
});
