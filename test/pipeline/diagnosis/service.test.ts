import { describe, expect, it } from 'vitest';
import type { InterfaceAddress, NetInterface } from '../../../src/model/machine/interface.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { keepV6only } from '../../../src/model/socket/v6only.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { onlyIn, readService } from '../../../src/pipeline/diagnosis/service.ts';
import { plainSelection } from '../../../src/select/index.ts';
import type { SocketQuery, Source } from '../../../src/sources/source.ts';
import { inet, netInterface, owner, unixSocket } from '../../support/builders.ts';
import { type FakeReading, fakeSource, watchedSource } from '../../support/fake-source.ts';

it.each([
  ['nginx', 'nginx', true],
  ['nginx', 'nginx: master process', true],
  ['ngin*', 'nginx: master process', true],
  ['code', 'Code.exe', true],
  ['ngin', 'nginx', false],
])(
  'the earlier listeners of %s are found as a filter finds them: %s',
  async (value, program, isIt) => {
    const listener = inet('0.0.0.0:80', '0.0.0.0:0', { owners: [owner(7, program)] });
    const { earlier } = await readService(
      { by: 'program', value },
      {
        ...{ source: fakeSource({}), query: defaultListing.query, hasNetns: false },
        selection: plainSelection({ which: 'all', boundInactive: false }),
        earlier: { takenAt: '2026-01-01T00:00:00.000Z', sockets: [listener] },
      },
      { warn: () => {} },
    );
    expect(earlier?.listeners).toEqual(isIt ? [listener] : []);
  },
);

describe('who listens at a port', () => {
  const { query } = defaultListing;
  const only6 = inet('[::]:80', '[::]:0', { inode: 3 });
  keepV6only(only6, Buffer.of(1));
  const both = inet('[::]:80', '[::]:0', { inode: 2 });
  keepV6only(both, Buffer.of(0));
  const sockets: readonly Socket[] = [
    inet('0.0.0.0:80', '0.0.0.0:0', { inode: 1 }),
    both,
    only6,
    inet('0.0.0.0:8080', '0.0.0.0:0', { inode: 4 }),
    inet('192.0.2.1:80', '198.51.100.9:40000', { inode: 5 }),
    inet('192.0.2.1:40000', '198.51.100.9:80', { inode: 6 }),
  ];
  const reading = { batches: [sockets] };

  async function service(changes: Partial<typeof query> = {}, queries: SocketQuery[] = []) {
    return readService(
      { by: 'port', value: '80' },
      {
        source: watchedSource((one) => queries.push(one), reading, reading),
        query: { ...query, ...changes },
        hasNetns: false,
        selection: plainSelection({ which: 'all', boundInactive: false }),
      },
      { warn: () => {} },
    );
  }

  it.each<[string, readonly ('inet' | 'inet6')[], readonly number[]]>([
    ['both families', ['inet', 'inet6'], [1, 2, 3]],
    ['IPv4, which servers of IPv6 take too unless they are set not to', ['inet'], [1, 2]],
    ['IPv6', ['inet6'], [2, 3]],
  ])('is found once over %s', async (_, families, inodes) => {
    const { listeners, listenerCount, status } = await service({ families });
    expect(listeners.map(({ inode }) => inode)).toEqual(inodes);
    expect([listenerCount, status]).toEqual([inodes.length, 'listening']);
  });

  it('is found with the interface to which it is bound, and without what needs owners', async () => {
    const queries: SocketQuery[] = [];
    const { incoming, outgoing } = await service({}, queries);
    expect(queries.map(({ devices }) => devices)).toEqual([true, true]);
    expect([incoming?.count, outgoing?.count]).toEqual([1, 1]);
  });

  it.each<[string, readonly Socket[], boolean]>([
    ['where nobody does, they are asked for', sockets.slice(3), true],
    ['where somebody does, they are not', sockets, false],
  ])('TCP’s internals tell who opened connections: %s', async (_, rows, isAsked) => {
    const queries: SocketQuery[] = [];
    const readings = Array.from({ length: 3 }, () => ({ batches: [rows] }));
    const source = watchedSource((one) => queries.push(one), ...readings);
    await readService(
      { by: 'port', value: '80' },
      {
        source: { ...source, facts: [...source.facts, 'tcpInfo'] },
        ...{ query, hasNetns: false },
        selection: plainSelection({ which: 'all', boundInactive: false }),
      },
      { warn: () => {} },
    );
    expect(queries[0]?.tcpInfo).toBe(false);
    expect(queries[1]?.tcpInfo).toBe(isAsked);
  });

  it('is all that is asked for where only servers are', async () => {
    const queries: SocketQuery[] = [];
    const { listenerCount, incoming } = await service({ which: 'listening' }, queries);
    expect([queries.length, listenerCount, incoming]).toEqual([1, 3, null]);
  });
});

describe('a port without a server, whose clients are at another address', () => {
  const client = inet('192.0.2.1:40000', '192.0.2.2:80', { state: 'CLOSE_WAIT' });
  const rows = { batches: [[client]] };
  const own: InterfaceAddress = {
    ...{ family: 'inet', address: '192.0.2.2', prefixLength: 24 },
    ...{ broadcast: null, peer: null, scope: null },
  };
  const told = { ...fakeSource(rows, rows, rows), ownAddresses: async () => [own] };
  const byInterfaces = (...interfaces: readonly NetInterface[]) =>
    fakeSource(rows, rows, rows, { interfaces });

  it.each<[string, Source, string]>([
    ['of this machine, as the source tells', told, 'connected'],
    [
      'of this machine, by its interfaces',
      byInterfaces(netInterface('en0', { addresses: [own] })),
      'connected',
    ],
    ['of another machine', byInterfaces(netInterface('en0')), 'client'],
    ['of which it is not known', fakeSource(rows, rows, rows), 'client'],
  ])('%s', async (_, source, expected) => {
    const { status } = await readService(
      { by: 'port', value: '80' },
      {
        ...{ source, query: defaultListing.query, hasNetns: false },
        selection: plainSelection({ which: 'all', boundInactive: false }),
      },
      { warn: () => {} },
    );
    expect(status).toBe(expected);
  });
});

it.each([
  [['tcp', 'udp', 'unix'], ['inet', 'inet6'], null],
  [['tcp', 'udp'], ['inet'], 'IPv4 sockets'],
  [['tcp', 'udp'], ['inet6'], 'IPv6 sockets'],
  [['tcp'], ['inet', 'inet6'], 'TCP sockets'],
  [['unix'], ['inet', 'inet6'], 'UNIX sockets'],
  [['unix'], ['inet'], 'UNIX sockets'],
  [['raw', 'unix'], ['inet', 'inet6'], 'raw or UNIX sockets'],
  [['udplite'], ['inet6'], 'UDP-Lite sockets over IPv6'],
] as const)('a search of %j over %j is told as %j', (protocols, families, expected) => {
  expect(onlyIn({ ...defaultListing.query, protocols, families })).toBe(expected);
});

describe('a program', () => {
  const { query } = defaultListing;
  const nginx = (socket: Socket): Socket => ({ ...socket, owners: [owner(7, 'nginx')] });
  const named = { by: 'program', value: 'nginx' } as const;
  const hidden = { code: 'owners-denied', message: 'hidden', source: '/proc' } as const;

  async function service(readings: readonly FakeReading[], changes: Partial<typeof query> = {}) {
    const queries: SocketQuery[] = [];
    const summary = await readService(
      named,
      {
        source: watchedSource((one) => queries.push(one), ...readings),
        query: { ...query, ...changes },
        hasNetns: false,
        selection: plainSelection({ which: 'all', boundInactive: false }),
      },
      { warn: () => {} },
    );
    return { ...summary, read: queries.map(({ protocols }) => protocols.join()) };
  }

  const silent = nginx(unixSocket({ path: null, inode: 1, state: 'CONNECTED' }));
  const paired = nginx(unixSocket({ path: '/run/pair', inode: 2, state: 'CONNECTED' }));
  const server = nginx(unixSocket({ path: '/run/app', inode: 3 }));

  it('without ports is found by its other sockets, the servers first', async () => {
    const { status, portless, read } = await service([{}, { batches: [[silent, paired, server]] }]);
    expect([status, read]).toEqual(['portless', ['tcp,udp', 'unix']]);
    expect(portless).toEqual([server, paired, silent]);
  });

  it('without ports is absent where only sockets with ports are asked for', async () => {
    const { status, read } = await service([{}], { protocols: ['tcp'], protocolsNamed: true });
    expect([status, read]).toEqual(['absent', ['tcp', 'tcp']]);
  });

  it('without sockets may be a server of another name', async () => {
    const held = (program: string, commandLine: string | null) =>
      inet('0.0.0.0:80', '0.0.0.0:0', { owners: [owner(8, program, { commandLine })] });
    const servers = [held('(nginx-1)', null), held('node', 'node /srv/nginx/run.js')];
    const others = [held('node', 'node app.js'), nginx(inet('192.0.2.1:80', '192.0.2.2:9'))];
    const readings = [{}, {}, { batches: [[...others, ...servers]] }];
    const { status, similar } = await service(readings);
    expect([status, similar]).toEqual(['absent', servers]);
    expect((await service([{}, { batches: [[server]] }])).similar).toBeNull();
    const unbound = nginx(inet('0.0.0.0:0', '0.0.0.0:0', { state: 'CLOSE' }));
    const found = await service([{ batches: [[unbound]] }]);
    expect([found.status, found.similar]).toEqual(['portless', null]);
    expect(found.read).toEqual(['tcp,udp', 'unix']);
  });

  it('may be there if owners are hidden', async () => {
    expect((await service([{ warnings: [hidden] }])).status).toBe('unknown');
    expect((await service([{}, { warnings: [hidden] }])).status).toBe('unknown');
    expect((await service([])).status).toBe('absent');
  });

  it('has connections from those who come to the port of another', async () => {
    const rows = ['192.0.2.1:22', '192.0.2.1:40000'].map((one) => nginx(inet(one, '192.0.2.9:50')));
    const inetd = inet('0.0.0.0:22', '0.0.0.0:0');
    const { incoming, outgoing, clients } = await service([
      { batches: [rows] },
      { batches: [[inetd]] },
    ]);
    expect([incoming?.count, outgoing?.count]).toEqual([1, 1]);
    expect(clients).toEqual([{ program: 'nginx', pid: 7, count: 1 }]);
  });
});
