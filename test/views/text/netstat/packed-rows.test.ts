import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { emptyOwners, emptyPeers } from '../../../../src/model/packed/owners.ts';
import { emptyPack, type PackedSockets } from '../../../../src/model/packed/sockets.ts';
import { type WorkloadFields, workloadAt } from '../../../../src/model/packed/workloads.ts';
import { noNames } from '../../../../src/model/report/names.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import type { NoWorkload } from '../../../../src/model/socket/workload.ts';
import { chalkPaint } from '../../../../src/views/text/chalk-paint.ts';
import { inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { packedRows } from '../../../../src/views/text/netstat/packed-rows.ts';
import { owner, unit } from '../../../support/builders.ts';
import type { Asked } from '../../../support/listing.ts';
import { address, packs, port, socketsOf, tcpTable, word } from '../../../support/packs.ts';
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
  ['-n --workloads', { workloads: true }],
  ['-no --workloads', { timers: true, workloads: true }],
  ['-npeoW -c --tcp-info --peers --workloads', { ...everything, peers: true, workloads: true }],
];

/** With somebody at the other end of each: whoever holds the row before it. */
function withPeers(pack: PackedSockets): PackedSockets {
  const { lists, known } = pack.owners ?? emptyOwners(0, []);
  const peers = emptyPeers(lists.length, known, null);
  peers.lists.set(lists.map((_, row) => lists.at(row - 1) as number));
  return { ...pack, peers };
}

const inUnit = (name: string): WorkloadFields => {
  const one = unit(name);
  return { workload: one, workloads: [one], cgroup: `/${name}`, noWorkload: null };
};
const without = (noWorkload: NoWorkload): WorkloadFields => {
  return { workload: null, workloads: [], cgroup: '/', noWorkload };
};
const workloads: readonly WorkloadFields[] = [
  ...[without('none'), without('denied'), without('unknown')],
  ...[inUnit('a.service'), inUnit('n'.repeat(600)), inUnit('é \u001b[31m'), inUnit('')],
];

/** Each row in the workload of its port. */
function withWorkloads(pack: PackedSockets): PackedSockets {
  const places = Int32Array.from(pack.localPorts, (port) => port % workloads.length);
  return { ...pack, workloads: { places, known: workloads } };
}

/** A pack with everything. */
const complete = (pack: PackedSockets) => withWorkloads(withPeers(pack));

/** The objects of such a pack. */
function objectsOf(pack: PackedSockets): InetSocket[] {
  return socketsOf(pack).map((socket, row) => {
    const owners = pack.peers?.known[pack.peers.lists[row] as number] ?? [];
    const lived = pack.workloads && workloadAt(pack.workloads, row);
    return { ...socket, ...lived, peer: { inode: null, owners, noOwner: null } };
  });
}

describe('rows of packed sockets are, byte for byte, those of their objects', () => {
  it.each(asked)('%s', (_, changes) => {
    const context = contextWith(changes);
    fc.assert(
      fc.property(packs, (some) => {
        const pack = complete(some);
        const ofSocket = inetRow(context);
        const rows = packedRows(context, ofSocket);
        const text = Buffer.from(rows.of(pack)).toString();
        // The next one gets its memory, with all that is in it.
        rows.release();
        expect(text).toBe(objectsOf(pack).map(ofSocket).join(''));
      }),
      { numRuns: 400 },
    );
  });

  it('do not depend on others that are being made', () => {
    const contexts = asked.map(([, changes]) => contextWith(changes));
    fc.assert(
      fc.property(packs, (some) => {
        const pack = complete(some);
        const all = contexts.map((context) => ({
          rows: packedRows(context, inetRow(context)),
          ofSocket: inetRow(context),
        }));
        for (const { rows, ofSocket } of [...all, ...all]) {
          const text = Buffer.from(rows.of(pack)).toString();
          expect(text).toBe(objectsOf(pack).map(ofSocket).join(''));
        }
        for (const { rows } of all) rows.release();
      }),
      { numRuns: 10 },
    );
  });

  it('keeps a pack to its own owners where later ones add to the list', () => {
    const context = contextWith({ programs: true, wide: true });
    const ofSocket = inetRow(context);
    const ofPack = packedRows(context, ofSocket).of;
    const known = [[], [owner(1, 'init')]];
    const table = tcpTable('inet');
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
        const ofSocket = inetRow(context);
        const ofPack = packedRows(context, ofSocket).of;
        const text = Buffer.from(ofPack(pack)).toString();
        expect(text).toBe(socketsOf(pack).map(ofSocket).join(''));
      }),
    );
  });

  it('with each port', () => {
    const context = contextWith({});
    const ofSocket = inetRow(context);
    const pack = emptyPack(tcpTable('inet'), 65_536, false);
    pack.length = 65_536;
    pack.localPorts.set(pack.localPorts.map((_, port) => port));
    pack.remotePorts.set(pack.localPorts.map((port) => 65_535 - port));
    const text = Buffer.from(packedRows(context, ofSocket).of(pack)).toString();
    expect(text).toBe(socketsOf(pack).map(ofSocket).join(''));
  });

  it.each([{}, { wide: true }])('with IPv6 addresses of few and many zeros %j', (changes) => {
    const context = contextWith(changes);
    const ofSocket = inetRow(context);
    const ofPack = packedRows(context, ofSocket).of;
    /** Few groups are other than zero, so that runs of zeros are of any length and at any place. */
    const group = fc.oneof(fc.constant(0), fc.constantFrom(1, 0x10, 0xabc, 0xffff), word);
    const words = fc
      .array(group, { minLength: 8, maxLength: 8 })
      .map((all) =>
        [0, 2, 4, 6].map((at) => ((all[at] ?? 0) << 16) | ((all[at + 1] ?? 0) & 0xffff)),
      );
    fc.assert(
      fc.property(fc.oneof(words, address), words, port, (local, remote, number) => {
        const pack = emptyPack(tcpTable('inet6'), 1, false);
        pack.length = 1;
        pack.locals.set(local);
        pack.remotes.set(remote);
        pack.localPorts[0] = number;
        expect(Buffer.from(ofPack(pack)).toString()).toBe(socketsOf(pack).map(ofSocket).join(''));
      }),
      { numRuns: 4000 },
    );
  });

  it.each([
    ['names', false],
    ['numbers', true],
  ])('with %s of users, of which there are many and one is not known', (_, users) => {
    const user = (uid: number) => (uid % 2 === 0 ? `é${uid}` : undefined);
    const numeric = { hosts: true, ports: true, users };
    const context = contextWith({ extend: 1, numeric }, { names: { ...noNames, user } });
    const ofSocket = inetRow(context);
    const ofPack = packedRows(context, ofSocket).of;
    for (const first of [0, 500, 2 ** 32 - 500]) {
      const pack = emptyPack(tcpTable('inet'), 500, false);
      pack.length = 500;
      pack.uids.set(pack.uids.map((_, row) => first + row));
      expect(Buffer.from(ofPack(pack)).toString()).toBe(socketsOf(pack).map(ofSocket).join(''));
    }
  });

  describe('where there is no WebAssembly', () => {
    afterEach(() => vi.unstubAllGlobals());

    it.each(asked)('%s', (_, changes) => {
      vi.stubGlobal('WebAssembly', undefined);
      const context = contextWith(changes);
      const ofSocket = inetRow(context);
      const ofPack = packedRows(context, ofSocket).of;
      fc.assert(
        fc.property(packs, (some) => {
          const pack = complete(some);
          const text = Buffer.from(ofPack(pack)).toString();
          expect(text).toBe(objectsOf(pack).map(ofSocket).join(''));
        }),
        { numRuns: 20 },
      );
    });
  });
});
