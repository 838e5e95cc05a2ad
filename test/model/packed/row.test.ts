import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Endpoint } from '../../../src/model/address/endpoint.ts';
import { emptyPeers } from '../../../src/model/packed/owners.ts';
import { PackedRow } from '../../../src/model/packed/row.ts';
import { type PackedSockets, socketsIn } from '../../../src/model/packed/sockets.ts';
import type { WorkloadFields } from '../../../src/model/packed/workloads.ts';
import { noTcpInfo } from '../../../src/model/socket/tcp-info.ts';
import { packs } from '../../support/packs.ts';

const known: readonly WorkloadFields[] = [
  { workload: null, workloads: [], noWorkload: 'none', cgroup: '/' },
  { workload: null, workloads: [], noWorkload: 'denied', cgroup: null },
];

/** A pack with what is told of sockets where it is asked for. */
function asking(pack: PackedSockets, asked: Readonly<Record<string, boolean>>): PackedSockets {
  const { lists, known: owners } = pack.owners as NonNullable<PackedSockets['owners']>;
  const peers = emptyPeers(lists.length, owners, known);
  peers.lists.set(lists);
  peers.inodes.set(pack.inodes.map((inode) => inode % 7));
  peers.workloads?.places.set(lists.map((list) => list % 2));
  const bytes = new Uint8Array(lists.length).map((_, at) => (pack.uids[at] as number) % 251);
  return {
    ...pack,
    ...(!asked.owners && { owners: null }),
    ...(asked.peers && { peers }),
    ...(asked.workloads && {
      workloads: { known, places: lists.map((list) => list % 2) },
    }),
    ...(!asked.rates && { rates: null }),
    ...(!asked.tcpInfo && { tcpInfo: null }),
    ...(asked.further && {
      further: {
        ...{ bytes, stride: 1, hasTcpInfo: true },
        unpack(socket, all, at) {
          const byte = all[at] as number;
          socket.tcpInfo = byte % 2 === 0 ? null : { ...noTcpInfo, minRtt: byte };
          socket.acceptQueue = { length: byte, limit: null };
          socket.drops = byte;
          socket.memory = null;
          socket.mark = byte;
          socket.cookie = BigInt(byte);
          socket.device = byte === 3 ? 'eth3' : null;
        },
      },
    }),
  };
}

const names = ['owners', 'peers', 'workloads', 'rates', 'tcpInfo', 'further'] as const;

/** Everything that a row can be asked for. */
const fields = Object.getOwnPropertyNames(PackedRow.prototype).filter(
  (name) => Object.getOwnPropertyDescriptor(PackedRow.prototype, name)?.get !== undefined,
);

const endOf = (end: unknown) => {
  const { address, port, zone } = end as Endpoint;
  return { address, port, zone };
};

it('a row of a pack reports what its object does, and nothing that was not requested', () => {
  const asked = fc.record(Object.fromEntries(names.map((name) => [name, fc.boolean()])));
  fc.assert(
    fc.property(packs, asked, (some, asked) => {
      const pack = asking(some, asked);
      const row = new PackedRow(pack, 0);
      for (const object of socketsIn(pack)) {
        const told = row.asSocket() as unknown as Readonly<Record<string, unknown>>;
        const all = Object.fromEntries(fields.map((name) => [name, told[name]]));
        const [local, remote] = [endOf(all.local), endOf(all.remote)];
        expect({ ...all, local, remote }).toEqual(object);
        expect(row.copied()).toEqual(object);
        row.row++;
      }
    }),
  );
  expect(fields).toHaveLength(25);
});
