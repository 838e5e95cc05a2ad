import { expect, test } from 'vitest';
import { type ServiceBeside, serviceGatherer } from '../../src/analysis/service-summary.ts';
import type { OwnAddress } from '../../src/model/machine/own-address.ts';
import type { Service, ServiceAsked, ServiceForward } from '../../src/model/report/service.ts';
import type { Exposure } from '../../src/model/socket/exposure.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { inet, owner, unixSocket } from '../support/builders.ts';

const port7071: ServiceAsked = { by: 'port', value: '7071' };
const program: ServiceAsked = { by: 'program', value: 'app' };
const remote: ServiceAsked = { by: 'remote', value: '198.51.100.9' };

const beside: ServiceBeside = {
  ...{ elsewhere: null, forwards: null, units: null, earlier: null, portless: null, similar: null },
  ...{ localPorts: { range: { first: 32768, last: 60999 }, reserved: [] } },
  ownAddresses: [],
  ...{ withConnections: true, isHidden: false },
};

function summaryOf(
  asked: ServiceAsked,
  sockets: readonly InetSocket[],
  more: Partial<ServiceBeside> = {},
  served: readonly InetSocket[] = [],
): Service {
  const gathered = serviceGatherer(asked);
  for (const socket of sockets) gathered.take(socket);
  for (const socket of served) gathered.notice(socket);
  return gathered.service({ ...beside, ...more });
}

const server = inet('0.0.0.0:7071', '0.0.0.0:0', { owners: [owner(7, 'app')] });
const bound = inet('0.0.0.0:7071', '0.0.0.0:0', { state: 'BOUND' });
const unbound = inet('0.0.0.0:0', '0.0.0.0:0', { state: 'CLOSE' });
const came = inet('192.0.2.1:7071', '198.51.100.9:40000');
const uses = inet('192.0.2.1:40000', '198.51.100.9:7071', { owners: [owner(9, 'curl')] });

const usesOwn = inet('127.0.0.1:40000', '127.0.0.1:7071', { state: 'CLOSE_WAIT' });

const published = (hostPort: number): InetSocket => ({
  ...inet('0.0.0.0:80', '0.0.0.0:0'),
  netns: { inode: 5, name: 'web', own: false },
  exposure: {
    kind: 'published',
    published: [
      {
        ...({ protocol: 'tcp', hostPort, port: 80 } as const),
        ...{ hostAddress: null, address: '172.17.0.2', workload: null },
      },
    ],
    reason: null,
  },
});
const inside: InetSocket = { ...server, netns: { inode: 5, name: 'web', own: false } };

const forward = (isServed: boolean | null): ServiceForward => ({
  ...{ protocol: 'tcp', hostAddress: null, hostPort: 7071, address: '172.17.0.2', port: 80 },
  ...{ netns: null, isServed, servers: [] },
});
const proxy: InetSocket = {
  ...server,
  owners: [owner(8, 'docker-proxy')],
  exposure: published(7071).exposure as Exposure,
};
const proxyOnLoopback: InetSocket = {
  ...inet('127.0.0.1:7071', '0.0.0.0:0', { owners: [owner(8, 'docker-proxy')] }),
  exposure: { kind: 'loopback', published: [], reason: null, workloads: [] },
};

test.each<[string, ServiceAsked, readonly InetSocket[], Partial<ServiceBeside>, Service['status']]>(
  [
    ['a server at the port is listening', port7071, [server], {}, 'listening'],
    [
      'a UDP server too',
      port7071,
      [{ ...server, protocol: 'udp', state: 'UNCONN' }],
      {},
      'listening',
    ],
    ['a server at another port is none', port7071, [inet('0.0.0.0:80', '0.0.0.0:0')], {}, 'absent'],
    ['a socket that is only bound does not listen', port7071, [bound], {}, 'bound'],
    [
      'what is bound to another port is another',
      port7071,
      [inet('0.0.0.0:80', '0.0.0.0:0', { state: 'BOUND' })],
      {},
      'absent',
    ],
    ['a server elsewhere', port7071, [], { elsewhere: [inside] }, 'elsewhere'],
    ['a port that leads elsewhere', port7071, [], { elsewhere: [published(7071)] }, 'published'],
    [
      'a port that leads elsewhere from another port',
      port7071,
      [],
      { elsewhere: [published(8080)] },
      'elsewhere',
    ],
    [
      'a proxy whose container takes what it forwards',
      port7071,
      [proxy],
      { forwards: [forward(true)] },
      'listening',
    ],
    [
      'a proxy whose container does not',
      port7071,
      [proxy],
      { forwards: [forward(false)] },
      'unserved',
    ],
    [
      'a proxy on loopback whose container does not',
      port7071,
      [proxyOnLoopback],
      { forwards: [forward(false)] },
      'unserved',
    ],
    [
      'a server of its own on loopback at a port that is forwarded',
      port7071,
      [{ ...proxyOnLoopback, owners: [owner(7, 'app')] }],
      { forwards: [forward(false)] },
      'listening',
    ],
    [
      'a server on loopback that is not published, beside an address whose port is',
      port7071,
      [{ ...proxyOnLoopback, exposure: { kind: 'loopback', published: [], reason: null } }],
      { forwards: [forward(false)] },
      'listening',
    ],
    [
      'a proxy of which that is not known',
      port7071,
      [proxy],
      { forwards: [forward(null)] },
      'listening',
    ],
    [
      'a proxy that forwards one of two',
      port7071,
      [proxy],
      { forwards: [forward(false), forward(null)] },
      'listening',
    ],
    [
      'a server of its own at a port that is forwarded',
      port7071,
      [{ ...proxy, owners: [owner(7, 'app')] }],
      { forwards: [forward(false)] },
      'listening',
    ],
    [
      'a server of its own beside a proxy',
      port7071,
      [proxy, server],
      { forwards: [forward(false)] },
      'listening',
    ],
    [
      'a proxy that does not tell where its ports lead',
      port7071,
      [{ ...proxy, exposure: { kind: 'published', published: [], reason: null } }],
      { forwards: [forward(false)] },
      'listening',
    ],
    [
      'a server in a container, to which other ports lead',
      port7071,
      [{ ...proxy, netns: { inode: 5, name: 'web', own: false } }],
      { forwards: [forward(false)] },
      'listening',
    ],
    [
      'a rule that leads to nobody',
      port7071,
      [],
      { forwards: [forward(false)], elsewhere: [inside] },
      'unserved',
    ],
    [
      'a rule that leads to where nothing is known, before who has it bound',
      port7071,
      [bound],
      { forwards: [forward(false), forward(null)] },
      'forwarded',
    ],
    [
      'a rule of which nothing more is known',
      port7071,
      [],
      { forwards: [forward(null)] },
      'forwarded',
    ],
    [
      'a rule that leads to somebody',
      port7071,
      [],
      { forwards: [forward(true)], elsewhere: [published(7071)] },
      'published',
    ],
    ['connections to that port of others', port7071, [uses], {}, 'client'],
    [
      'the same, if others have the port elsewhere',
      port7071,
      [uses],
      { elsewhere: [inside] },
      'client',
    ],
    ['connections to this machine itself, without a server', port7071, [usesOwn], {}, 'connected'],
    ['connections that an earlier server left', port7071, [came], {}, 'connected'],
    ["a program's connections alone", program, [uses], { isHidden: true }, 'connected'],
    ['a program with UNIX sockets alone', program, [], { portless: [unixSocket()] }, 'portless'],
    ['a program with an unbound socket alone', program, [unbound], { portless: [] }, 'portless'],
    [
      'an unbound socket beside a server is not the service',
      program,
      [unbound, server],
      {},
      'listening',
    ],
    [
      'a program of which nothing is seen',
      program,
      [],
      { portless: [], isHidden: true },
      'unknown',
    ],
    ['a port whose owner would be hidden', port7071, [], { isHidden: true }, 'absent'],
    ['nothing', port7071, [], {}, 'absent'],
    ["a program's servers are at any port", program, [server], {}, 'listening'],
    ['a program that only connects', program, [uses], {}, 'connected'],
    ['at an address nobody listens here', remote, [came], {}, 'connected'],
  ],
)('%s', (_, asked, sockets, more, status) => {
  expect(summaryOf(asked, sockets, more).status).toBe(status);
});

test('a socket without a port has none bound', () => {
  const beside = { portless: [unixSocket()] };
  expect(summaryOf(program, [unbound], beside)).toMatchObject({
    ...{ bound: [], portless: [unbound, unixSocket()] },
  });
  expect(summaryOf(program, [unbound, server])).toMatchObject({ bound: [], portless: null });
});

test('distinguishes connections that came to a port from those to the same port elsewhere', () => {
  const { incoming, outgoing, clients } = summaryOf(port7071, [server, came, came, uses]);
  expect(incoming).toEqual({
    ...{ count: 2, states: { ESTABLISHED: 2 }, addresses: 1 },
    busiest: [{ address: '198.51.100.9', count: 2 }],
  });
  expect(outgoing?.count).toBe(1);
  expect(clients).toEqual([{ program: 'curl', pid: 9, count: 1 }]);
});

test('the clients with most connections are first, and five at most', () => {
  const counts = [1, 6, 1, 4, 3, 2];
  const all = counts.flatMap((count, pid) =>
    Array.from({ length: count }, (_, at) =>
      inet(`192.0.2.1:${40_000 + at}`, '198.51.100.9:7071', { owners: [owner(pid, 'curl')] }),
    ),
  );
  const { clients } = summaryOf(port7071, [...all, inet('192.0.2.1:9', '198.51.100.9:7071')]);
  expect(clients.map(({ count }) => count)).toEqual([6, 4, 3, 2, 1]);
});

test("a program's connections at its servers' ports came to it", () => {
  const { incoming, outgoing } = summaryOf(program, [server, came, uses, uses]);
  expect([incoming?.count, outgoing?.count]).toEqual([1, 2]);
});

test('which end of a connection with an address began is not known', () => {
  const { incoming, outgoing } = summaryOf(remote, [came, uses]);
  expect(incoming).toBeNull();
  expect(outgoing?.count).toBe(2);
});

test('connections are unknown, not none, if only servers were asked for', () => {
  const { incoming, outgoing } = summaryOf(port7071, [server], { withConnections: false });
  expect([incoming, outgoing]).toEqual([null, null]);
});

test.each([
  ['beside a server', [server]],
  ['without one', []],
])('of very many connections a few are kept, and all are counted, %s', (_, servers) => {
  const gathered = serviceGatherer(port7071);
  for (const one of servers) gathered.take(one);
  for (let number = 0; number < 5000; number++) {
    gathered.take(inet('192.0.2.1:7071', `198.51.100.${number % 200}:${40000 + number}`));
    const owners = [owner(number < 100 ? 1 : number < 4000 ? 2 : 3, 'app')];
    gathered.take(inet(`192.0.2.1:${20_000 + number}`, '198.51.100.9:7071', { owners }));
  }
  expect(gathered.kept().length).toBeLessThan(100);
  const { incoming, outgoing, clients } = gathered.service(beside);
  expect(incoming).toMatchObject({ count: 5000, addresses: 200 });
  expect(incoming?.busiest).toHaveLength(5);
  expect(outgoing?.count).toBe(5000);
  expect(clients.map(({ pid, count }) => [pid, count])).toEqual([
    [2, 3900],
    [3, 1000],
    [1, 100],
  ]);
});

const from = (local: string, remote: string, changes: Partial<InetSocket> = {}) =>
  inet(local, remote, { owners: [owner(5, 'client')], ...changes });
const port40123: ServiceAsked = { by: 'port', value: '40123' };

test.each<
  [string, ServiceAsked, readonly InetSocket[], readonly InetSocket[], Service['status'], number[]]
>([
  [
    'a port that the system gave to a connection to another machine',
    port40123,
    [from('192.0.2.1:40123', '198.51.100.9:443')],
    [],
    'taken',
    [0, 0, 1],
  ],
  [
    'the ends of a connection with a server of this machine, which is no client',
    port7071,
    [from('127.0.0.1:7071', '127.0.0.1:80'), from('127.0.0.1:80', '127.0.0.1:7071')],
    [inet('0.0.0.0:80', '0.0.0.0:0')],
    'taken',
    [0, 0, 1],
  ],
  [
    'a connection to itself',
    port7071,
    [from('127.0.0.1:7071', '127.0.0.1:7071')],
    [],
    'taken',
    [0, 0, 1],
  ],
  [
    'a UDP socket with a peer',
    port7071,
    [from('192.0.2.1:7071', '198.51.100.9:53', { protocol: 'udp' })],
    [],
    'taken',
    [0, 0, 1],
  ],
  [
    'both ports the same, at different machines',
    port7071,
    [from('192.0.2.1:7071', '198.51.100.9:7071')],
    [],
    'client',
    [0, 1, 0],
  ],
  [
    'both ports given away by systems',
    port40123,
    [from('192.0.2.1:40123', '198.51.100.9:50000', { state: 'TIME_WAIT' })],
    [],
    'connected',
    [0, 0, 0, 1],
  ],
  [
    'a client whose system gives away higher ports than this one',
    port40123,
    [from('192.0.2.1:40123', '198.51.100.9:61000')],
    [],
    'connected',
    [0, 0, 0, 1],
  ],
  [
    'a port that another machine connects from',
    port40123,
    [from('192.0.2.1:80', '198.51.100.9:40123')],
    [inet('0.0.0.0:80', '0.0.0.0:0')],
    'connected',
    [0, 0, 1],
  ],
  [
    'a server of UDP, which is none of a TCP connection',
    port40123,
    [from('192.0.2.1:80', '198.51.100.9:40123')],
    [inet('0.0.0.0:80', '0.0.0.0:0', { protocol: 'udp' })],
    'client',
    [0, 1, 0],
  ],
])('without a listener: %s', (_, asked, sockets, served, status, counts) => {
  const summary = summaryOf(asked, sockets, {}, served);
  const { incoming, outgoing, opened, unclear, holding } = summary;
  expect(summary.status).toBe(status);
  const [come = 0, gone = 0, from = 0, either = 0] = counts;
  expect([incoming?.count, outgoing?.count]).toEqual([come, gone]);
  expect([opened?.count, unclear?.count]).toEqual([from, either]);
  const port = Number(asked.value);
  expect(holding).toEqual(sockets.filter(({ local }) => local.port === port));
});

test('connections at the port of another program came to those who were handed them', () => {
  const handed = from('192.0.2.1:22', '198.51.100.9:40000');
  const away = from('192.0.2.1:40001', '198.51.100.9:443');
  const inetd = inet('0.0.0.0:22', '0.0.0.0:0');
  const { incoming, outgoing, clients } = summaryOf(program, [handed, away], {}, [inetd]);
  expect([incoming?.count, outgoing?.count]).toEqual([1, 1]);
  expect(clients).toEqual([{ program: 'client', pid: 5, count: 1 }]);
  const there = { netns: { inode: 5, name: 'web', own: false } };
  const beyond = summaryOf(program, [handed], {}, [{ ...inetd, ...there }]);
  expect(beyond.incoming?.count).toBe(0);
});

test('other servers are needed where they can tell who opened a connection', () => {
  const needs = (asked: ServiceAsked, sockets: readonly InetSocket[]) => {
    const gathered = serviceGatherer(asked);
    for (const socket of sockets) gathered.take(socket);
    return gathered.needsServers();
  };
  expect(needs(port7071, [came])).toBe(true);
  expect(needs(port7071, [server, came])).toBe(false);
  expect(needs(port7071, [])).toBe(false);
  expect(needs(program, [server, came])).toBe(true);
  expect(needs(remote, [came])).toBe(false);
});

test('own addresses matter for a port without a server, where a connection does not tell itself', () => {
  const needs = (asked: ServiceAsked, sockets: readonly InetSocket[]) => {
    const gathered = serviceGatherer(asked);
    for (const socket of sockets) gathered.take(socket);
    return gathered.needsAddresses();
  };
  expect(needs(port7071, [uses])).toBe(true);
  expect(needs(port7071, [usesOwn])).toBe(false);
  expect(needs(port7071, [server, uses])).toBe(false);
  expect(needs(program, [uses])).toBe(false);
  const statusAt = (...ownAddresses: readonly OwnAddress[]) =>
    summaryOf(port7071, [uses], { ownAddresses }).status;
  expect(statusAt({ address: '192.0.2.1' })).toBe('client');
  expect(statusAt({ address: '192.0.2.1' }, { address: '198.51.100.9' })).toBe('connected');
  const there = { netns: { inode: 5, name: 'web', own: false } };
  expect(statusAt({ address: '198.51.100.9', ...there })).toBe('client');
});

test('of a program of which nothing is seen, no numbers are told', () => {
  const { incoming, outgoing } = summaryOf(program, [], { isHidden: true });
  expect([incoming, outgoing]).toEqual([null, null]);
});

test('the most frequent peers, states and programs come first, and those alike by name', () => {
  const from = (address: string, state: InetSocket['state'] = 'ESTABLISHED') =>
    inet('192.0.2.1:7071', `${address}:40000`, { state });
  const by = (pid: number, program: string) =>
    inet('192.0.2.1:40000', '198.51.100.9:7071', { owners: [owner(pid, program)] });
  const { incoming, clients } = summaryOf(port7071, [
    ...[from('198.51.100.2'), from('198.51.100.3', 'CLOSE_WAIT'), from('198.51.100.1')],
    ...[from('198.51.100.9'), from('198.51.100.9')],
    ...[by(1, 'curl'), by(2, 'wget'), by(2, 'wget'), by(3, 'nc')],
  ]);
  expect(incoming?.busiest.map(({ address, count }) => `${count} ${address}`)).toEqual([
    '2 198.51.100.9',
    '1 198.51.100.1',
    '1 198.51.100.2',
    '1 198.51.100.3',
  ]);
  expect(Object.entries(incoming?.states ?? {})).toEqual([
    ['ESTABLISHED', 4],
    ['CLOSE_WAIT', 1],
  ]);
  expect(clients.map(({ program, count }) => `${count} ${program}`)).toEqual([
    '2 wget',
    '1 curl',
    '1 nc',
  ]);
});

test('of very many servers, and what is bound, the first are kept, and servers are counted', () => {
  const servers = Array.from({ length: 25 }, (_, number) => ({ ...server, inode: 100 + number }));
  const more = { elsewhere: servers };
  const { listeners, listenerCount, elsewhere } = summaryOf(program, servers, more);
  expect([listeners, listenerCount, elsewhere]).toEqual([
    servers.slice(0, 20),
    25,
    servers.slice(0, 20),
  ]);
});

test('the owners of servers, of what is bound and, without a server, of what has the port are looked up', () => {
  const keptOf = (sockets: readonly InetSocket[]) => {
    const gathered = serviceGatherer(port7071);
    const kept = sockets.filter((one) => gathered.take(one));
    expect(gathered.kept()).toEqual(kept);
    return kept;
  };
  expect(keptOf([server, bound, uses, came])).toEqual([server, bound]);
  expect(keptOf([bound, uses, came])).toEqual([bound, came]);
});

test('UNIX sockets have no ports', () => {
  const gathered = serviceGatherer(program);
  expect(gathered.take(unixSocket())).toBe(false);
  expect(gathered.service(beside).status).toBe('absent');
});
