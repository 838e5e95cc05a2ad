import { describe, expect, test } from 'vitest';
import type { Socket } from '../../../src/model/socket/socket.ts';
import type { SocketQuery } from '../../../src/sources/source.ts';
import { windowsSource } from '../../../src/sources/win32/index.ts';
import type { WindowsApi } from '../../../src/sources/win32/windows-api.ts';
import { socketQuery, warningSink } from '../../support/source-answers.ts';
import {
  fakeWindows,
  fill,
  ipv6,
  table,
  tcp4,
  tcp6,
  udp4,
  udp6,
  withTime,
} from './fake-windows.ts';

const everything = socketQuery({ protocols: ['tcp', 'udp'] });

async function read(api: WindowsApi, query: Partial<SocketQuery> = everything) {
  const sink = warningSink();
  const batches: (readonly Socket[])[] = [];
  const reading = windowsSource(api).read({ ...everything, ...query }, sink);
  for await (const batch of reading.batches) batches.push(batch);
  return { sink, batches, sockets: batches.flat() };
}

const busy = {
  tcp: { 2: table([tcp4({ state: 2 })]), 23: table([tcp6({ state: 2 })]) },
  udp: { 2: table([udp4([0, 0, 0, 0], 53)]), 23: table([udp6(ipv6('::'), 53)]) },
};

test('what Windows tells of sockets beyond their rows', () => {
  const { facts, protocols } = windowsSource(fakeWindows(busy).api);
  expect([protocols, facts.toSorted()]).toEqual([
    ['tcp', 'udp'],
    ['boundSockets', 'creationTimes', 'executables', 'workloads'],
  ]);
});

describe('sockets', () => {
  test('what Windows does not report is null, and owners wait until they are asked for', async () => {
    const { sockets, sink } = await read(fakeWindows(busy).api);
    expect(sockets[0]).toEqual({
      protocol: 'tcp',
      family: 'inet',
      local: { address: '127.0.0.1', port: 80, zone: null },
      remote: { address: '0.0.0.0', port: 0, zone: null },
      state: 'LISTEN',
      recvQueue: null,
      sendQueue: null,
      timer: null,
      uid: null,
      inode: null,
      owners: null,
      noOwner: null,
    });
    expect(sink.warnings).toEqual([]);
  });

  test.each([
    [everything, ['tcp inet', 'tcp inet6', 'udp inet', 'udp inet6']],
    [
      { protocols: ['udp', 'tcp'], families: ['inet6', 'inet'] },
      ['udp inet6', 'udp inet', 'tcp inet6', 'tcp inet'],
    ],
    [{ protocols: ['tcp'], families: ['inet'] }, ['tcp inet']],
    [{ protocols: [], families: ['inet'] }, []],
  ] as const)('tables as they are asked for, in that order: %j', async (query, expected) => {
    const { sockets } = await read(fakeWindows(busy).api, query);
    expect(sockets.map(({ protocol, family }) => `${protocol} ${family}`)).toEqual(expected);
  });

  test('5,000 sockets come in batches, all of them, in order', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) =>
      tcp4({ state: 5, local: [[10, 0, 0, 1], i + 1] }),
    );
    const { batches, sockets } = await read(fakeWindows({ tcp: { 2: table(rows) } }).api);
    expect(sockets.map((socket) => 'local' in socket && socket.local.port)).toEqual(
      rows.map((_, i) => i + 1),
    );
    expect(batches.length).toBeGreaterThan(5);
    expect(batches.every((batch) => batch.length > 0)).toBe(true);
  });

  test('a table is read when it is wanted, not before', async () => {
    let udpRead = false;
    const { api } = fakeWindows({
      ...busy,
      udpTable: (_family, buffer) => {
        udpRead = true;
        return fill(buffer, table([]));
      },
    });
    for await (const _ of windowsSource(api).read(everything, warningSink()).batches) break;
    expect(udpRead).toBe(false);
  });

  test('a Windows without IPv6: a warning for each table, and the others stand', async () => {
    const without6 =
      (name: 'tcp' | 'udp'): WindowsApi['tcpTable'] =>
      (family, buffer) =>
        family === 23 ? { status: 50, size: 0 } : fill(buffer, busy[name][2]);
    const { sockets, sink } = await read(
      fakeWindows({ tcpTable: without6('tcp'), udpTable: without6('udp') }).api,
    );
    expect(sockets.map(({ family }) => family)).toEqual(['inet', 'inet']);
    expect(sink.warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'absent: GetExtendedTcpTable: this Windows has no IPv6',
      'absent: GetExtendedUdpTable: this Windows has no IPv6',
    ]);
  });

  test('a refused table costs a warning; the others stand', async () => {
    const { sockets, sink } = await read(
      fakeWindows({ ...busy, udpTable: () => ({ status: 5, size: 0 }) }).api,
    );
    expect(sockets.map(({ protocol }) => protocol)).toEqual(['tcp', 'tcp']);
    expect(sink.warnings).toMatchObject([
      { code: 'forbidden', source: 'GetExtendedUdpTable' },
      { message: expect.stringContaining('GetExtendedUdpTable failed with Windows error 5') },
    ]);
  });

  test('fail with the name of the call if every table is refused', async () => {
    const { api } = fakeWindows({ tcpTable: () => ({ status: 5, size: 0 }) });
    await expect(read(api, { ...everything, protocols: ['tcp'] })).rejects.toMatchObject({
      name: 'NetstatError',
      code: 'unreadable',
      path: 'GetExtendedTcpTable',
      message: expect.stringContaining('GetExtendedTcpTable failed with Windows error 5'),
    });
  });

  test('a fault that is none of Windows’ answers is not taken for one', async () => {
    const { api } = fakeWindows({
      tcpTable: () => {
        throw new TypeError('not an answer');
      },
    });
    await expect(read(api)).rejects.toThrow(TypeError);
  });
});

describe('when sockets were created', () => {
  const tcpRow = { size: 160, createdAt: 24 };
  const udpRow = { size: 160, createdAt: 16 };
  const query = { ...everything, families: ['inet'], createdAt: true } as const;

  /** A Windows that notes which form of which table it is asked for. */
  function timed(refusal: number | null = null, unasked = 0) {
    const forms: string[] = [];
    const answer =
      (name: 'tcp' | 'udp', short: Buffer, long: Buffer): WindowsApi['tcpTable'] =>
      (_family, buffer, form) => {
        forms.push(`${name} ${form}`);
        if (form === 'pid') return unasked ? { status: unasked, size: 0 } : fill(buffer, short);
        if (refusal !== null) return { status: refusal, size: 0 };
        return fill(buffer, table([long], { firstRow: 8 }));
      };
    const [tcp, udp] = [tcp4({ state: 2 }), udp4([0, 0, 0, 0], 53)];
    const { api } = fakeWindows({
      tcpTable: answer('tcp', table([tcp]), withTime(tcp, tcpRow, 133_851_744_001_234_567n)),
      udpTable: answer('udp', table([udp]), withTime(udp, udpRow, 0n)),
    });
    return { api, forms };
  }
  const times = (sockets: readonly Socket[]) =>
    sockets.map((socket) => (socket.protocol === 'unix' ? undefined : socket.createdAt));

  test('is reported if it is asked for, and null if Windows does not report it', async () => {
    const { api, forms } = timed();
    const { sockets, sink } = await read(api, query);
    expect(times(sockets)).toEqual(['2025-02-28T00:00:00.123Z', null]);
    expect(forms).toEqual(['tcp module', 'udp module']);
    expect(sink.warnings).toEqual([]);
  });

  test('if not requested, the shorter rows are read and rows have no such key', async () => {
    const { api, forms } = timed();
    const { sockets } = await read(api, { ...query, createdAt: false });
    expect(forms).toEqual(['tcp pid', 'udp pid']);
    expect(sockets.some((socket) => 'createdAt' in socket)).toBe(false);
  });

  test('rows are chosen by it as they are read', async () => {
    const keep = (socket: Socket) => socket.protocol !== 'unix' && socket.createdAt !== null;
    const { sockets } = await read(timed().api, { ...query, keep });
    expect(sockets.map(({ protocol }) => protocol)).toEqual(['tcp']);
  });

  test('if it decides and Windows does not report it, a warning names the table', async () => {
    const isUndecided = (socket: Socket) =>
      socket.protocol !== 'unix' && (socket.createdAt ?? null) === null;
    const { sockets, sink } = await read(timed().api, { ...query, keep: () => false, isUndecided });
    expect(sockets).toEqual([]);
    expect(sink.warnings).toEqual([
      {
        code: 'unreadable',
        message: 'GetExtendedUdpTable: creation times of some sockets are not available (udp)',
        source: 'GetExtendedUdpTable (udp)',
        tables: [{ protocol: 'udp', family: 'inet' }],
      },
    ]);
  });

  test('a condition on owners, which come later, is no reason for a warning', async () => {
    const { sink } = await read(timed().api, { ...query, isUndecided: () => true });
    expect(sink.warnings).toEqual([]);
  });

  test('the owners are found anyway', async () => {
    const owners = { depth: 'all', details: false } as const;
    const { sockets } = await read(timed().api, { ...query, owners });
    expect(sockets).toMatchObject([
      { createdAt: '2025-02-28T00:00:00.123Z', owners: [{ pid: 7 }] },
      { createdAt: null, owners: [{ pid: 7 }] },
    ]);
  });

  test.each([50, 87])(
    'a Windows that refuses the longer rows (error %i): the rows without times, and a warning',
    async (refusal) => {
      const { api, forms } = timed(refusal);
      const { sockets, sink } = await read(api, query);
      expect(times(sockets)).toEqual([null, null]);
      expect(forms).toEqual(['tcp module', 'tcp pid', 'udp module', 'udp pid']);
      expect(sink.warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
        'absent: GetExtendedTcpTable: this Windows does not report when sockets were created (tcp)',
        'absent: GetExtendedUdpTable: this Windows does not report when sockets were created (udp)',
      ]);
    },
  );

  test('a Windows without the table is reported to lack that, not times', async () => {
    const { sink } = await read(timed(50, 50).api, query);
    expect(sink.warnings.map(({ message }) => message)).toEqual([
      'GetExtendedTcpTable: this Windows has no IPv4',
      'GetExtendedUdpTable: this Windows has no IPv4',
    ]);
  });
});

describe('owners', () => {
  const processes = [
    { pid: 7, name: 'server.exe', path: 'C:\\srv\\server.exe' },
    { pid: 4, name: 'System', path: null },
  ];

  async function ownersOf(rows: readonly Buffer[], details = false) {
    const { api, open } = fakeWindows({ tcp: { 2: table(rows) }, processes });
    const { sockets } = await read(api, { owners: { depth: 'all', details } });
    expect(open.size).toBe(0);
    return sockets;
  }

  test.each([
    ['a program', tcp4({ state: 2, pid: 7 }), [{ pid: 7, program: 'server.exe' }], null],
    ['the kernel', tcp4({ state: 2, pid: 4 }), [{ pid: 4, program: 'System' }], null],
    ['TIME_WAIT, which nobody holds', tcp4({ state: 11, pid: 0 }), [], 'none'],
    ['FIN_WAIT1, closed and not yet gone', tcp4({ state: 6, pid: 0 }), [], 'none'],
    ['FIN_WAIT2, closed and not yet gone', tcp4({ state: 7, pid: 0 }), [], 'none'],
    ['CLOSING, closed and not yet gone', tcp4({ state: 9, pid: 0 }), [], 'none'],
    ['LAST_ACK, closed and not yet gone', tcp4({ state: 10, pid: 0 }), [], 'none'],
    ['DELETE_TCB', tcp4({ state: 12, pid: 0 }), [], 'none'],
    ['FIN_WAIT2 of a process that lives', tcp4({ state: 7, pid: 7 }), [{ pid: 7 }], null],
    ['TIME_WAIT that still names its process', tcp4({ state: 11, pid: 7 }), [{ pid: 7 }], null],
    [
      'PID 0 in another state',
      tcp4({ state: 2, pid: 0 }),
      [{ program: 'System Idle Process' }],
      null,
    ],
    ['a process that has ended', tcp4({ state: 8, pid: 99 }), [{ pid: 99, program: null }], null],
  ])('%s', async (_name, row, owners, noOwner) => {
    expect(await ownersOf([row])).toMatchObject([{ owners, noOwner }]);
  });

  test('paths where details are asked for and allowed', async () => {
    const owned = await ownersOf([tcp4({ state: 2, pid: 7 }), tcp4({ state: 2, pid: 4 })], true);
    expect(owned.map(({ owners }) => owners?.[0]?.executable)).toEqual([
      'C:\\srv\\server.exe',
      null,
    ]);
  });

  test('the same sockets in the same order, however many were left out', async () => {
    const { api } = fakeWindows({ ...busy, processes });
    const some = (await read(api)).sockets.filter((_, i) => i % 2 === 1);
    let row = 0;
    const keep = () => row++ % 2 === 1;
    const { sockets: owned } = await read(api, {
      owners: { depth: 'first', details: false },
      keep,
    });
    expect(owned.map(({ owners, noOwner, ...rest }) => [rest, owners?.[0]?.pid, noOwner])).toEqual(
      some.map(({ owners, noOwner, ...rest }) => [rest, 7, null]),
    );
  });
});

describe('services', () => {
  const pid = 1200;
  const listening = { tcp: { 2: table([tcp4({ state: 2, pid })]) } };
  const services = [
    { name: 'Dnscache', displayName: 'DNS Client', pid },
    { name: 'NlaSvc', displayName: 'Network Location Awareness', pid },
  ];
  const query: Partial<SocketQuery> = {
    protocols: ['tcp'],
    families: ['inet'],
    owners: { depth: 'all', details: false },
    workloads: true,
  };

  test('in the process of a socket are its workloads', async () => {
    const { sockets } = await read(fakeWindows({ ...listening, services }).api, query);
    expect(sockets[0]?.workload).toMatchObject({
      ...{ kind: 'service', runtime: 'windows', name: 'Dnscache' },
    });
    expect(sockets[0]?.workloads?.map(({ name }) => name)).toEqual(['Dnscache', 'NlaSvc']);
    expect([sockets[0]?.noWorkload, sockets[0]?.cgroup]).toEqual([null, null]);
  });

  test('of other processes there are none', async () => {
    const others = services.map((service) => ({ ...service, pid: 7 }));
    const { sockets } = await read(fakeWindows({ ...listening, services: others }).api, query);
    expect([sockets[0]?.workload, sockets[0]?.noWorkload]).toEqual([null, 'none']);
  });

  test('that may not be listed are unknown, and cost a warning', async () => {
    const api = fakeWindows({ ...listening, openServiceManager: () => null }).api;
    const { sockets, sink } = await read(api, query);
    expect([sockets[0]?.workload, sockets[0]?.noWorkload]).toEqual([null, 'unknown']);
    expect(sink.warnings.map(({ code }) => code)).toEqual(['forbidden']);
  });

  test('are not asked for unless they are wanted', async () => {
    const api = fakeWindows({
      ...listening,
      openServiceManager: () => {
        throw new Error('nobody asked');
      },
    }).api;
    const { sockets } = await read(api, { ...query, workloads: false });
    expect(sockets[0]?.workload).toBeUndefined();
  });
});
