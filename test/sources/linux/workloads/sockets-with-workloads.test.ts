import { describe, expect, it } from 'vitest';
import { asBatch, packIn, socketsIn } from '../../../../src/model/packed/sockets.ts';
import type { Owner } from '../../../../src/model/socket/owner.ts';
import { asHeldBy } from '../../../../src/model/socket/owner-workloads.ts';
import type { InetSocket, Socket } from '../../../../src/model/socket/socket.ts';
import { workloadLabel } from '../../../../src/model/socket/workload.ts';
import { keepCgroup } from '../../../../src/sources/linux/netlink/socket-cgroup.ts';
import type { ContainerNamer } from '../../../../src/sources/linux/workloads/container-namer.ts';
import { socketsWithWorkloads } from '../../../../src/sources/linux/workloads/sockets-with-workloads.ts';
import type { Batches } from '../../../../src/sources/source.ts';
import { inet, owner } from '../../../support/builders.ts';
import { packOf, tcpTable } from '../../../support/packs.ts';
import { fakeProc } from '../support/fake-proc.ts';
import { machineRoot } from './machine.ts';

const id = 'a1b2c3d4e5f6'.padEnd(64, '0');
const cgroups = {
  1: '/system.slice/nginx.service',
  2: `/docker/${id}`,
  3: '/',
  4: '/system.slice/cron.service',
  5: '/init.scope',
  6: '/user.slice/user-1000.slice/user@1000.service/init.scope',
  7: '/user.slice/user-1000.slice/user@1000.service/app.slice/mine.service',
  8: `/docker/${id}/init.scope`,
  9: `/docker/${id}/system.slice/nginx.service`,
  10: '/system.slice/web.service/supervisor',
  11: `/system.slice/web.service/libpod-payload-${id}`,
  12: '/system.slice/web.service/supervisor',
  13: `/machine.slice/libpod-conmon-${id}.scope`,
  14: `/machine.slice/libpod-${id}.scope`,
};
/** The files of root's process that keeps a container. */
function conmonFiles(pid: number) {
  return {
    [`${pid}/stat`]: `${pid} (conmon) S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 9 1 1\n`,
    [`${pid}/status`]: 'Uid:\t0\t0\t0\t0\n',
  };
}
const keeping = (container: string) => ({
  ...{ fd: {}, cmdline: `conmon\0-c\0${container}\0-n\0web\0` },
});
const proc = fakeProc({
  processes: {
    ...Object.fromEntries(Object.keys(cgroups).map((pid) => [pid, { fd: {} }])),
    ...{ 10: keeping(id), 12: keeping(id.replace('a', 'b')), 13: keeping(id) },
  },
  files: {
    ...Object.fromEntries(
      Object.entries(cgroups).map(([pid, path]) => [`${pid}/cgroup`, `0::${path}\n`]),
    ),
    ...conmonFiles(10),
    ...conmonFiles(12),
    ...conmonFiles(13),
  },
});

/** Knows one container. */
function namer(asked: string[] = []): ContainerNamer {
  return {
    beginRound() {},
    async learn(workloads) {
      asked.push(...workloads.map(workloadLabel));
    },
    named: (workload) => (workload.id === id ? { ...workload, name: 'web' } : workload),
  };
}

const table = tcpTable('inet');
/** Nobody, each process, several together, one that is gone. */
const known = [
  [],
  ...[[1], [2], [3], [1, 4], [2, 4], [99]].map((pids) => pids.map((pid) => owner(pid, 'a'))),
];
const ends = { state: 1, local: [1], remote: [2], localPort: 1, remotePort: 2 };

function packWith(lists: readonly number[]) {
  return packOf(
    table,
    lists.map((list) => ({ ...ends, list, reason: list === 0 ? 1 : 0 })),
    known,
  );
}

async function workloadsOf(
  batches: readonly (readonly Socket[])[] | Batches<Socket>,
  asked: string[] = [],
  root: string | null = null,
) {
  async function* all() {
    yield* batches;
  }
  const rows: Socket[] = [];
  for await (const batch of socketsWithWorkloads(proc, all(), namer(asked), root)) {
    const pack = packIn(batch);
    rows.push(...(pack === null ? batch : socketsIn(pack)));
  }
  return rows;
}

/** The rows without what is kept beside them. */
const shown = (rows: readonly Socket[]): unknown => JSON.parse(JSON.stringify(rows));

describe('what packed sockets belong to', () => {
  const lists = [
    [1, 2, 3, 0, 1],
    [4, 5, 6, 2, 4, 0],
  ];

  it('is what their objects belong to, batch by batch', async () => {
    const objects = await workloadsOf(lists.map((some) => socketsIn(packWith(some))));
    expect(objects.map(({ workloads }) => workloads?.map(workloadLabel).join(' '))).toEqual([
      ...['nginx.service', 'docker:web', '', '', 'nginx.service'],
      ...['nginx.service cron.service', 'docker:web cron.service', '', 'docker:web'],
      ...['nginx.service cron.service', ''],
    ]);
    async function* reused() {
      const pack = packWith([0, 0, 0, 0, 0, 0, 0]);
      for (const some of lists) {
        const { length, owners } = packWith(some);
        yield asBatch(Object.assign(pack, { length, owners }));
      }
    }
    expect(shown(await workloadsOf(reused()))).toEqual(shown(objects));
  });

  it('is asked for by name once for all rows', async () => {
    const asked: string[] = [];
    await workloadsOf(
      [packWith([1, 2, 2, 1]), packWith([2, 1, 2])].map((pack) => asBatch(pack)),
      asked,
    );
    expect(asked).toEqual(['nginx.service', 'docker:a1b2c3d4e5f6']);
  });

  it.each([
    ['a service, not systemd', [5, 1], 'nginx.service in nginx.service'],
    [
      "a user's service, not that user's systemd",
      [6, 7],
      'user@1000.service/mine.service in mine.service',
    ],
    ["a container's service, not the systemd there", [8, 9], 'docker:web in nginx.service'],
    ['the container, not what keeps it', [10, 11], 'podman:web in web.service'],
    ['the container whose port its keeper holds', [13], `podman:web in libpod-conmon-${id}.scope`],
    [
      'the container itself, if its keeper has passed it on',
      [13, 14],
      `podman:web in libpod-${id}.scope`,
    ],
    ["a user's systemd, not the machine's", [5, 6], 'user@1000.service in user@1000.service'],
    ["a user's systemd alone", [6], 'user@1000.service in user@1000.service'],
  ])('is %s, if several hold it', async (_, pids, expected) => {
    const pack = packOf(
      table,
      [{ ...ends, list: 1, reason: 0 }],
      [[], pids.map((pid) => owner(pid, 'a'))],
    );
    const [socket] = await workloadsOf([socketsIn(pack)]);
    const shown = socket?.workloads?.map((one) => `${workloadLabel(one)} in ${one.unit}`);
    expect(shown).toEqual([expected]);
  });

  it('is also the unit of what keeps another container', async () => {
    const owners = [owner(11, 'a'), owner(12, 'a')];
    const [socket] = await workloadsOf([[{ ...inet('0.0.0.0:80', '0.0.0.0:0'), owners }]]);
    expect(socket?.workloads?.map(workloadLabel)).toEqual(['podman:web', 'web.service']);
  });

  const ofWeb = machineRoot({
    'etc/systemd/system/web.socket': '[Socket]\nListenStream=0.0.0.0:80\n',
  });
  it('is the socket unit for which systemd holds it, with the cgroup of systemd', async () => {
    const held = { ...inet('0.0.0.0:80', '0.0.0.0:0'), owners: [owner(5, 'systemd')] };
    const listener: Socket = { ...held, state: 'LISTEN' };
    const [socket] = await workloadsOf([[listener]], [], ofWeb);
    expect([socket?.workload?.unit, socket?.cgroup]).toEqual(['web.socket', '/init.scope']);
  });

  const listening = { state: 10, local: [0], remote: [0], remotePort: 0, list: 1 };
  it.each([
    ['a service', [5, 1], 'nginx.service web.socket'],
    ['no unit', [5, 3], 'web.socket'],
    ["a user's systemd", [6], 'user@1000.service'],
    ["a container's service and its systemd", [8, 9], 'docker:web'],
  ])('is the socket unit too if systemd holds it with %s', async (_, pids, expected) => {
    const rows = [80, 80].map((localPort) => ({ ...listening, localPort }));
    const pack = packOf(table, rows, [[], pids.map((pid) => owner(pid, 'a'))]);
    const objects = await workloadsOf([socketsIn(pack)], [], ofWeb);
    const labels = objects.map(({ workloads }) => workloads?.map(workloadLabel).join(' '));
    expect(labels).toEqual([expected, expected]);
    const packed = await workloadsOf([asBatch(pack)], [], ofWeb);
    expect(shown(packed)).toEqual(shown(objects));
  });

  it('of each owner by itself is kept beside the row, if they differ', async () => {
    const owners = [3, 1, 2, 99, 5].map((pid) => owner(pid, 'a'));
    const heldBy = (...some: readonly Owner[]): Socket => ({
      ...inet('0.0.0.0:80', '0.0.0.0:0'),
      ...({ state: 'LISTEN', owners: some } as const),
    });
    const shared = heldBy(...owners);
    const [row] = (await workloadsOf([[shared]], [], ofWeb)) as [Socket];
    // Of several workloads the cgroup is that of the first.
    expect(row.workloads?.map(workloadLabel)).toEqual([
      'nginx.service',
      'docker:web',
      'web.socket',
    ]);
    expect([row.workload, row.cgroup]).toEqual([row.workloads?.[0], cgroups[1]]);
    const own = owners.map((one) => asHeldBy(one, row));
    expect(own.map((one) => one?.workloads?.map(workloadLabel).join(' '))).toEqual([
      ...['', 'nginx.service', 'docker:web', undefined, 'web.socket'],
    ]);
    expect(own.map((one) => one?.noWorkload)).toEqual(['none', null, null, undefined, null]);
    const [nginx] = owners.slice(1) as [Owner];
    const alike = heldBy(nginx, { ...nginx });
    await workloadsOf([[alike]]);
    expect(asHeldBy(nginx, alike)).toBeNull();
  });

  it('is the unit of each socket that systemd alone holds, though they share their owners', async () => {
    const root = machineRoot({
      'etc/systemd/system/web.socket': '[Socket]\nListenStream=0.0.0.0:80\n',
      'etc/systemd/system/mail.socket': '[Socket]\nListenStream=0.0.0.0:25\n',
    });
    const rows = [80, 25, 7, 80].map((localPort) => ({ ...listening, localPort }));
    const pack = packOf(table, rows, [[], [owner(5, 'systemd')]]);
    const objects = await workloadsOf([socketsIn(pack)], [], root);
    expect(objects.map(({ workload }) => workload?.unit)).toEqual([
      ...['web.socket', 'mail.socket', 'init.scope', 'web.socket'],
    ]);
    expect(await workloadsOf([asBatch(pack)], [], root)).toEqual(objects);
  });

  it.each<[string, InetSocket['state'], string, string]>([
    ['waits to be accepted', 'ESTABLISHED', 'off', 'unknown'],
    ['does so after its client has gone', 'CLOSE_WAIT', 'off', 'unknown'],
    ['still sends for a program that has gone', 'FIN_WAIT1', 'on', 'none'],
    ['is half open', 'SYN_RECV', 'on', 'none'],
    ['is a record in TIME_WAIT', 'TIME_WAIT', 'timewait', 'none'],
    ['is such a record that waits for the other end', 'FIN_WAIT2', 'timewait', 'none'],
  ])(
    'is no workload if it %s: none that is known, or none at all',
    async (_, state, kind, reason) => {
      const timer = { kind, expiresIn: 0, retransmits: 0, probes: 0 } as InetSocket['timer'];
      const connection = { ...inet('0.0.0.0:80', '192.0.2.1:9'), state, timer };
      const row: Socket = { ...connection, inode: null, owners: [], noOwner: 'none' };
      const [socket] = await workloadsOf([[row]]);
      expect([socket?.workload, socket?.noWorkload]).toEqual([null, reason]);
    },
  );

  it('is found by the cgroup that created it, if no process is found to hold it', async () => {
    const further = {
      ...{ bytes: new Uint8Array(0), stride: 0, hasTcpInfo: false },
      unpack: (socket: Partial<Socket>) => keepCgroup(socket as object, Buffer.alloc(8, 255)),
    };
    const pack = { ...packWith([0]), further };
    const [packed] = await workloadsOf([asBatch(pack)]);
    const [object] = await workloadsOf([socketsIn(pack)]);
    expect(packed).toEqual(object);
  });
});

it.each<[string, Partial<Pick<InetSocket, 'owners' | 'noOwner' | 'state'>>, string | null]>([
  ['a process of a unit holds it', { owners: [owner(1, 'a')], noOwner: null }, null],
  ['it is only remembered', { owners: [], noOwner: 'none', state: 'TIME_WAIT' }, 'none'],
  ['nobody holds it yet', { owners: [], noOwner: 'none', state: 'ESTABLISHED' }, 'unknown'],
  ['who holds it may not be seen', { owners: [], noOwner: 'denied' }, 'denied'],
  ['who holds it was not found', { owners: [], noOwner: 'unknown' }, 'unknown'],
  ['owners could not be read', { owners: null, noOwner: null }, 'denied'],
  ['its process has gone', { owners: [owner(99, 'a')], noOwner: null }, 'unknown'],
])('why a socket has no workload: %s', async (_, by, expected) => {
  const [socket] = await workloadsOf([[inet('192.0.2.1:80', '0.0.0.0:0', by as never)]]);
  expect(socket?.noWorkload).toBe(expected);
  expect(socket?.workload === null).toBe(expected !== null);
});
