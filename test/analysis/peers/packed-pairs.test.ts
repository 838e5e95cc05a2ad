import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundAddresses, packedPeers } from '../../../src/analysis/peers/packed-pairs.ts';
import { peerFinder } from '../../../src/analysis/peers/peers.ts';
import { noFd, type PackedPeers } from '../../../src/model/packed/owners.ts';
import { type PackedSockets, socketsIn } from '../../../src/model/packed/sockets.ts';
import type { WorkloadFields } from '../../../src/model/packed/workloads.ts';
import type { InetFamily } from '../../../src/model/protocol.ts';
import type { Workload } from '../../../src/model/socket/workload.ts';
import { workloadOfPath } from '../../../src/sources/linux/workloads/cgroup-path.ts';
import { owner } from '../../support/builders.ts';
import { type PackedEnds, packOf as packWith, tcpTable } from '../../support/packs.ts';

/** Of processes 1 and 2 there are two lists each: they are told apart by PID. */
const known = [[], ...[1, 2, 3, 1, 2].map((pid) => [owner(pid, 'a')])];

const belonging: readonly WorkloadFields[] = [
  { workload: null, workloads: [], noWorkload: 'none', cgroup: '/' },
  ...['/system.slice/a.service', '/system.slice/b.service'].map((cgroup) => {
    const workload = workloadOfPath(cgroup) as Workload;
    return { workload, workloads: [workload], noWorkload: null, cgroup };
  }),
];

function packOf(family: InetFamily, rows: readonly PackedEnds[]): PackedSockets {
  const table = tcpTable(family);
  const pack = packWith(table, rows, known);
  const places = Int32Array.from(rows, ({ list }) => list % belonging.length);
  return { ...pack, workloads: { places, known: belonging } };
}

const four = [[0x7f000001], [0x0a000001], [0]];
const six = [
  [0, 0, 0xffff, 0x7f000001],
  [0, 0, 0xffff, 0x0a000001],
  [0, 0, 0xffff, 0],
  [0, 0, 0, 0],
  [0, 0, 0, 1],
  [0x20010db8, 0, 0, 0xffff],
  [0, 0, 0, 0x7f000001],
];
const rowsOf = (addresses: readonly (readonly number[])[]) => {
  const address = fc.constantFrom(...addresses);
  const port = fc.constantFrom(0, 1, 2, 3);
  return fc.array(
    fc
      .record({
        ...{ local: address, remote: address, localPort: port, remotePort: port },
        state: fc.constantFrom(1, 1, 6, 8, 10),
        inode: fc.constantFrom(0, 7, 8),
        list: fc.nat({ max: known.length - 1 }),
        fd: fc.constantFrom(noFd, noFd, 3),
        reason: fc.constantFrom(1, 2),
      })
      .map(({ list, fd, reason, ...ends }) => {
        return list === 0 ? { ...ends, list, reason } : { ...ends, list, fd };
      }),
    { maxLength: 12 },
  );
};
/** Few ends, so that many rows meet. */
const answers = fc
  .tuple(rowsOf(four), rowsOf(four), rowsOf(six), rowsOf(six))
  .map((all) => all.map((rows, at) => packOf(at < 2 ? 'inet' : 'inet6', rows)));

const peersOf = (pack: PackedSockets, peers: PackedPeers) =>
  socketsIn({ ...pack, peers }).map(({ peer }) => peer);
const pids = (pack: PackedSockets, peers: PackedPeers) =>
  peersOf(pack, peers).map((peer) => peer?.owners.map(({ pid }) => pid) ?? []);

describe('who is at the other end of packed sockets', () => {
  it('are the same as of their objects', () => {
    fc.assert(
      fc.property(answers, (packs) => {
        const sockets = packs.map((pack) => socketsIn(pack));
        const peerOf = peerFinder(sockets.flat(), null);
        const found = packedPeers(packs);
        expect(packs.map((pack, at) => peersOf(pack, found[at] as PackedPeers))).toEqual(
          sockets.map((some) => some.map(peerOf)),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('are found over IPv4 and over an IPv6 socket with its address', () => {
    const [here, there] = [
      { localPort: 1, remotePort: 2 },
      { localPort: 2, remotePort: 1 },
    ];
    const ends = ([address = []]: readonly (readonly number[])[]) => ({
      ...{ local: address, remote: address, state: 1 },
    });
    const packs = [
      packOf('inet', [{ ...here, ...ends(four), list: 1 }]),
      packOf('inet6', [{ ...there, ...ends(six), list: 3 }]),
    ];
    const found = packedPeers(packs);
    expect(packs.map((pack, at) => pids(pack, found[at] as PackedPeers))).toEqual([[[3]], [[1]]]);
    expect([...boundAddresses(packs)]).toEqual(['127.0.0.1', '::ffff:127.0.0.1']);
  });

  it('is none for no rows, or for packs whose owners were not requested', () => {
    expect(packedPeers([])).toEqual([]);
    const pack = { ...packOf('inet', []), owners: null };
    expect(packedPeers([pack]).map(({ lists }) => lists.length)).toEqual([0]);
  });
});
