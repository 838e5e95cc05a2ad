import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyOwners } from '../../src/model/packed/owners.ts';
import {
  asBatch,
  type PackedFurther,
  type PackedSockets,
  packIn,
  socketsIn,
} from '../../src/model/packed/sockets.ts';
import type { WorkloadFields } from '../../src/model/packed/workloads.ts';
import { noNames } from '../../src/model/report/names.ts';
import type { Row } from '../../src/model/report/snapshot.ts';
import type { InetSocket, Socket } from '../../src/model/socket/socket.ts';
import { noTcpInfo } from '../../src/model/socket/tcp-info.ts';
import type { Workload } from '../../src/model/socket/workload.ts';
import { packSorter } from '../../src/pipeline/sorted-packs.ts';
import { compileSort, compileValues } from '../../src/select/sort.ts';
import { workloadOfPath } from '../../src/sources/linux/workloads/cgroup-path.ts';
import { inet } from '../support/builders.ts';
import { packs, socketsOf } from '../support/packs.ts';

/** Packs of one answer, whose owners are in one list, and some that came as objects. */
const answers = fc.array(fc.tuple(packs, fc.boolean()), { maxLength: 6 }).map((parts) => {
  const known: NonNullable<PackedSockets['owners']>['known'][number][] = [[]];
  return parts.map(([pack, isPacked]) => {
    const first = known.length;
    known.push(...(pack.owners?.known ?? []));
    const owners = pack.owners ?? emptyOwners(0, []);
    const lists = owners.lists.map((place) => first + place);
    return { pack: { ...pack, owners: { ...owners, lists, known } }, isPacked };
  });
});

function whole(pack: PackedSockets): InetSocket[] {
  return socketsOf(pack).map((socket) => ({
    ...socket,
    tcpInfo: socket.tcpInfo ? { ...noTcpInfo, ...socket.tcpInfo } : null,
  }));
}

async function sorted(
  keys: readonly string[],
  batches: readonly (readonly Row[])[],
  facts: Parameters<typeof packSorter>[1] = {},
): Promise<InetSocket[]> {
  const valuesOf = compileValues(keys, noNames);
  const sorter = packSorter(keys, facts);
  if (valuesOf === null || sorter === null) throw new Error(`${keys}: not sorted packed`);
  async function* all() {
    for (const batch of batches) yield batch;
  }
  const rows: InetSocket[] = [];
  for await (const batch of sorter(all(), valuesOf())) {
    const pack = packIn(batch);
    const ofPack = facts.whole ? socketsIn : whole;
    rows.push(...(pack === null ? (batch as InetSocket[]) : ofPack(pack)));
  }
  return rows;
}

describe('rows that come packed are sorted as their objects are', () => {
  it.each([
    ['lport'],
    ['-rport', 'local'],
    ['proto', '-recvq'],
    ['remote'],
    ['program', '-pid', 'inode'],
    ['state', '-sendq'],
    ['-timer', 'expires', 'retransmits', 'probes'],
    ['-rtt', 'cwnd'],
    ['retrans', '-sent', 'received'],
    ['family', 'local'],
    ['noowner', '-fd'],
    ['command', 'started'],
  ])('%s %s %s', async (...keys) => {
    const asked = keys.filter((key) => key !== undefined);
    await fc.assert(
      fc.asyncProperty(answers, async (parts) => {
        const rows = parts.flatMap(({ pack }) => whole(pack));
        const batches = parts.map(({ pack, isPacked }) => (isPacked ? asBatch(pack) : whole(pack)));
        expect(await sorted(asked, batches)).toEqual(compileSort(asked, noNames)(rows as Socket[]));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['-minrtt', 'drops'],
    ['rmem', '-rtt', 'lport'],
    ['-mark', 'acceptq', 'cookie', 'congestion'],
  ])('%s, %s: by facts beyond their columns', async (...keys) => {
    /** What a row's byte tells of it. */
    const further: Omit<PackedFurther, 'bytes'> = {
      stride: 2,
      hasTcpInfo: true,
      unpack(socket, bytes, at) {
        const [one = 0, other = 0] = bytes.subarray(at);
        const isListening = one % 2 === 0;
        socket.tcpInfo = isListening
          ? null
          : { ...noTcpInfo, minRtt: one, rtt: other, congestionControl: `c${other}` };
        socket.acceptQueue = isListening ? { length: one, limit: other } : null;
        socket.drops = other;
        socket.memory = {
          ...{ receive: one, receiveLimit: 0, send: 0, sendLimit: 0 },
          ...{ forward: 0, queued: 0, options: 0, backlog: 0 },
        };
        socket.mark = one === 3 ? null : one;
        socket.cookie = BigInt(other);
      },
    };
    const bytes = fc.uint8Array({ minLength: 40, maxLength: 40, max: 7 });
    await fc.assert(
      fc.asyncProperty(answers, bytes, async (parts, bytes) => {
        const packed = parts.map(({ pack, isPacked }) => {
          return { isPacked, pack: { ...pack, tcpInfo: null, further: { ...further, bytes } } };
        });
        const rows = packed.flatMap(({ pack }) => socketsIn(pack));
        const batches = packed.map(({ pack, isPacked }) =>
          isPacked ? asBatch(pack) : socketsIn(pack),
        );
        expect(await sorted(keys, batches, { whole: true })).toEqual(
          compileSort(keys, noNames)(rows as Socket[]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['workload', '-pid'],
    ['-cgroup', 'noworkload', 'lport'],
    ['unit', '-workloadkind'],
  ])('%s, %s: by what they belong to', async (...keys) => {
    const known: readonly WorkloadFields[] = [
      { workload: null, workloads: [], noWorkload: 'none', cgroup: '/' },
      { workload: null, workloads: [], noWorkload: 'denied', cgroup: null },
      ...['b', 'a'].map((name) => {
        const one = workloadOfPath(`/system.slice/${name}.service`) as Workload;
        return { workload: one, workloads: [one], noWorkload: null, cgroup: `/${name}` };
      }),
    ];
    await fc.assert(
      fc.asyncProperty(answers, async (parts) => {
        const belonging = parts.map(({ pack, isPacked }) => {
          const places = pack.uids.map((uid) => uid % known.length);
          return {
            isPacked,
            pack: { ...pack, workloads: { known, places: new Int32Array(places) } },
          };
        });
        const rows = belonging.flatMap(({ pack }) => socketsIn(pack));
        const batches = belonging.map(({ pack, isPacked }) =>
          isPacked ? asBatch(pack) : socketsIn(pack),
        );
        expect(await sorted(keys, batches, { whole: true })).toEqual(
          compileSort(keys, noNames)(rows as Socket[]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('many of them, a part at a time', async () => {
    const rows = Array.from({ length: 5000 }, (_, at) =>
      inet(`192.0.2.1:${(at * 7919) % 65_536}`, '0.0.0.0'),
    );
    expect(await sorted(['lport'], [rows])).toEqual(compileSort(['lport'], noNames)(rows));
  });
});

describe('packed rows are not sorted by what they do not contain', () => {
  it.each(['minrtt', 'user', 'drops', 'created', 'exposure', 'netns'])('%s', (key) => {
    expect(packSorter(['lport', `-${key}`], {})).toBeNull();
  });
});
