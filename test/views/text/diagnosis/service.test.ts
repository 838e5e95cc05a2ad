import { expect, test } from 'vitest';
import type { Diagnosis } from '../../../../src/model/report/diagnosis.ts';
import { noNames } from '../../../../src/model/report/names.ts';
import type { Service, ServiceForward } from '../../../../src/model/report/service.ts';
import type { Exposure, ExposureKind } from '../../../../src/model/socket/exposure.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { keepV6only } from '../../../../src/model/socket/v6only.ts';
import { defaultListing } from '../../../../src/options/default-listing.ts';
import { closingText } from '../../../../src/views/text/diagnosis/netstat.ts';
import { serviceText } from '../../../../src/views/text/diagnosis/service.ts';
import { inet, owner, unixSocket } from '../../../support/builders.ts';

const nothing: Service = {
  ...{ asked: { by: 'port', value: '80' }, status: 'listening' },
  ...{ listeners: [], listenerCount: 0, bound: [], incoming: null, outgoing: null, clients: [] },
  ...{ portless: null, similar: null, holding: [], opened: null, unclear: null },
  ...{ elsewhere: null, forwards: null, units: null, earlier: null },
};

/** The lines of the summary by their words, each on one line. */
function linesOf(changes: Partial<Service>): Readonly<Record<string, string>> {
  const { listeners = [] } = changes;
  const { query, view, schedule } = defaultListing;
  const text = serviceText(
    { ...nothing, listenerCount: listeners.length, ...changes },
    {
      ...{ query, view, schedule, names: noNames, facts: [], paint: null },
      ...{ width: null, previous: null },
    },
  );
  expect(text.split('\n').every((line) => line.length <= 100)).toBe(true);
  const [title = '', ...lines] = text
    .replaceAll(/\n {10}/g, ' ')
    .trimEnd()
    .split('\n');
  return { title, ...Object.fromEntries(lines.map((line) => line.trim().split(/ +(.*)/s, 2))) };
}

const any4 = inet('0.0.0.0:80', '0.0.0.0:0');
const any6 = inet('[::]:80', '[::]:0');
const ipv6Only = inet('[::]:80', '[::]:0');
keepV6only(ipv6Only, Buffer.of(1));
const local4 = inet('127.0.0.1:80', '0.0.0.0:0');
const far = 'from everywhere, at all addresses, unless a firewall blocks it';

test.each<[string, readonly InetSocket[], string]>([
  ['every address of IPv4', [any4], `${far}; IPv4 only.`],
  ['both families', [any4, any6], `${far}; IPv4 and IPv6.`],
  [
    'IPv6, which may take IPv4 too',
    [any6],
    `${far}; IPv6; not known whether also IPv4 (its program may have disabled that).`,
  ],
  ['IPv6, which takes IPv4 too', [{ ...any6, dualStack: true }], `${far}; IPv4 and IPv6.`],
  ['IPv6, which does not', [ipv6Only], `${far}; IPv6 only.`],
  [
    'IPv6, which does not, beside one of which that is not known',
    [ipv6Only, any6],
    `${far}; IPv6; not known whether also IPv4 (its program may have disabled that).`,
  ],
  ['loopback', [local4], 'only from this machine; IPv4 only.'],
  ['loopback of IPv6', [inet('[::1]:80', '[::]:0')], 'only from this machine; IPv6 only.'],
  [
    'every address by the loopback interface',
    [{ ...any4, device: 'lo' }],
    'only from this machine; IPv4 only.',
  ],
  [
    'every address by another one',
    [{ ...any4, device: 'eth1' }],
    'from the networks of eth1, the interface that it is bound to, unless a firewall blocks it; IPv4 only.',
  ],
  [
    'one address',
    [inet('192.0.2.1:80', '0.0.0.0:0')],
    'from networks that reach its address, unless a firewall blocks it; IPv4 only.',
  ],
  [
    'servers at several addresses, each by itself',
    [any4, local4, inet('192.0.2.1:80', '0.0.0.0:0')],
    `0.0.0.0:80: ${far}; 127.0.0.1:80: only from this machine; 192.0.2.1:80: from networks that reach its address, unless a firewall blocks it; IPv4 only.`,
  ],
  [
    'a container that nothing leads to',
    [{ ...any4, exposure: { kind: 'internal', published: [], reason: null } }],
    'only from its own network namespace, no port is forwarded to it; IPv4 only.',
  ],
  [
    'one of which that is not known',
    [{ ...any4, exposure: { kind: 'unknown', published: [], reason: 'no rules' } }],
    'not known from where: no rules; IPv4 only.',
  ],
])('from where a server is reached: %s', (_, listeners, expected) => {
  expect(linesOf({ listeners }).reach).toBe(expected);
});

const web = { inode: 5, name: 'web', own: false };
const db = { inode: 6, name: null, own: false };
const here = { inode: 4, name: null, own: true };
const exposed = (kind: ExposureKind): Exposure => ({ kind, published: [], reason: null });

test.each<[string, Exposure, Partial<InetSocket>, string]>([
  ['loopback here', exposed('loopback'), { netns: here }, 'only from this machine'],
  [
    'loopback of another',
    exposed('loopback'),
    { netns: web },
    'only from inside its own network namespace',
  ],
  ['every address here', exposed('host'), { ...any4, netns: here }, far],
  [
    'every address by the loopback interface of another',
    exposed('loopback'),
    { ...any4, netns: web, device: 'lo' },
    'only from inside its own network namespace',
  ],
  [
    'every address of another',
    exposed('internal'),
    { ...any4, netns: web },
    'only from its own network namespace, no port is forwarded to it',
  ],
  [
    'an address that is gone',
    exposed('nowhere'),
    { netns: here },
    'from nowhere: this network does not have its address',
  ],
  [
    'an interface that is gone',
    exposed('nowhere'),
    { ...any4, netns: here, device: '5' },
    'from nowhere: the interface that it is bound to, number 5, is gone',
  ],
  [
    'every address of one that is not known',
    { ...exposed('unknown'), reason: 'no rules' },
    { ...any4, netns: web },
    'not known from where: no rules',
  ],
])('from where a server of a network namespace is reached: %s', (_, exposure, changes, way) => {
  const listeners = [{ ...local4, exposure, ...changes }];
  expect(linesOf({ listeners }).reach).toBe(`${way}; IPv4 only.`);
});

test('servers at one address in several network namespaces are told apart', () => {
  const queued = { ...local4, acceptQueue: { length: 0, limit: 5 } };
  const listeners = [
    { ...queued, netns: here },
    { ...queued, netns: web },
    { ...queued, netns: db },
  ];
  const { reach, queue } = linesOf({ listeners });
  expect(reach).toBe(
    '127.0.0.1:80: only from this machine; 127.0.0.1:80 in web: only from inside its own network namespace; 127.0.0.1:80 in 6: only from inside its own network namespace; IPv4 only.',
  );
  expect(queue).toBe(
    ['', ' in web', ' in 6']
      .map((where) => `127.0.0.1:80${where}: 0 of at most 5 waiting to be accepted`)
      .join(', '),
  );
});

test('a service has its process, user and start; without a visible owner, the reason', () => {
  const by = owner(7, 'node', { uid: 33, startedAt: '2026-01-31T09:12:44.000Z' });
  const { by: text } = linesOf({ listeners: [{ ...any4, owners: [by] }] });
  expect(text).toBe('node 7, user 33, since 2026-01-31T09:12:44.000Z');
  expect(linesOf({ listeners: [{ ...any4, owners: [], noOwner: 'denied' }] }).by).toMatch(
    /not visible; a warning says why/,
  );
});

test.each<[string, Partial<InetSocket>, string | undefined]>([
  [
    'an empty queue',
    { acceptQueue: { length: 0, limit: 128 } },
    '0 of at most 128 waiting to be accepted',
  ],
  [
    'a full one',
    { acceptQueue: { length: 129, limit: 128 } },
    '129 of at most 128 waiting to be accepted, full (the kernel admits one more)',
  ],
  ['one of an unknown limit', { recvQueue: 3 }, '3 waiting to be accepted'],
])('its queue: %s', (_, changes, expected) => {
  expect(linesOf({ listeners: [{ ...any4, ...changes }] }).queue).toBe(`0.0.0.0:80: ${expected}`);
});

test('connections, by their states and the other ends', () => {
  const incoming = {
    ...{ count: 12, states: { ESTABLISHED: 10, TIME_WAIT: 2 }, addresses: 7 },
    busiest: [{ address: '192.0.2.7', count: 8 }],
  };
  expect(linesOf({ incoming }).clients).toBe(
    '12 connections to it: 10 ESTABLISHED, 2 TIME_WAIT; from 7 addresses, the most from 192.0.2.7 (8)',
  );
});

test('a program without clients may have handed them over to others', () => {
  const none: Service['incoming'] = { count: 0, states: {}, addresses: 0, busiest: [] };
  const asked = { by: 'program', value: 'sshd' } as const;
  const clientsOf = (changes: Partial<Service>) =>
    linesOf({ asked, listeners: [any4], incoming: none, ...changes }).clients;
  expect(clientsOf({})).toBe(
    'no connections to it that a program of this name holds; `--port 80` in its place counts all',
  );
  const udp = { ...any4, protocol: 'udp', state: 'UNCONN' } as const;
  const one = { ...none, count: 1, states: { ESTABLISHED: 1 } };
  expect(clientsOf({ asked: { by: 'port', value: '80' } })).toBe('no connections to it');
  expect(clientsOf({ listeners: [] })).toBe('no connections to it');
  expect(clientsOf({ listeners: [udp] })).toBe('no connections to it');
  expect(clientsOf({ incoming: one })).toMatch(/^1 connection to it: 1 ESTABLISHED/);
});

test('without a listener: what is known of others', () => {
  const netns = { inode: 5, name: 'web', own: false };
  const lines = linesOf({
    status: 'elsewhere',
    elsewhere: [{ ...any4, netns, owners: [owner(9, 'nginx')] }],
    units: [
      {
        ...{ unit: 'web.socket', path: '/etc/systemd/system/web.socket', how: 'listens' },
        ...{ setting: 'tcp [::]:80', isEnabled: false, isRunning: null },
      },
    ],
    earlier: { takenAt: '2026-01-01T00:00:00.000Z', listeners: [] },
  });
  expect(lines).toMatchObject({
    title: 'SERVICE  port 80: listening only in another network namespace',
    netns: '0.0.0.0:80 (tcp) in web by nginx 9',
    unit: 'web.socket would listen there: tcp [::]:80 (not enabled).',
    before: 'no listener at 2026-01-01T00:00:00.000Z either',
  });
});

const forward: ServiceForward = {
  ...{ protocol: 'tcp', hostAddress: null, hostPort: 80, address: '172.20.0.2', port: 81 },
  ...{ netns: web, isServed: false, servers: [] },
};
const there = inet('127.0.0.1:81', '0.0.0.0:0', { netns: web, owners: [owner(9, 'perl')] });

test.each<[string, Partial<ServiceForward>, string]>([
  ['nobody', {}, '80 → 172.20.0.2:81 in web: nothing listens there'],
  [
    'one on loopback',
    { servers: [there] },
    '80 → 172.20.0.2:81 in web: nothing listens there, only at 127.0.0.1:81 by perl 9',
  ],
  [
    'one that takes it',
    { isServed: true, servers: [{ ...there, owners: null }] },
    '80 → 172.20.0.2:81 in web: served at 127.0.0.1:81',
  ],
  [
    'nobody that is known',
    { isServed: null, netns: null },
    '80 → 172.20.0.2:81: not known who listens there',
  ],
  [
    'nobody knows who, in a namespace of another user',
    { isServed: null, netns: { inode: null, name: null, own: false } },
    '80 → 172.20.0.2:81: not known who listens there',
  ],
])('where the port is forwarded there is %s', (_, changes, expected) => {
  expect(linesOf({ forwards: [{ ...forward, ...changes }] }).forward).toBe(expected);
});

test('the server that a published port leads to is told once', () => {
  const forwards = [{ ...forward, isServed: true }];
  expect(linesOf({ status: 'published', elsewhere: [there], forwards }).forward).toBeUndefined();
});

test('a server in a namespace of which nothing is known is told by its address', () => {
  const netns = { inode: null, name: null, own: false };
  const { at, queue } = linesOf({ listeners: [{ ...any4, netns, recvQueue: 0 }] });
  expect([at, queue]).toEqual(['0.0.0.0:80 (tcp)', '0.0.0.0:80: 0 waiting to be accepted']);
});

test('a server of the host at a port that is forwarded gets what is left', () => {
  const exposure: Exposure = {
    kind: 'published',
    published: [{ ...forward, workload: 'docker:web' }],
    reason: null,
  };
  const reach = (program: string, place: Partial<InetSocket> = {}) =>
    linesOf({ listeners: [{ ...any4, exposure, owners: [owner(7, program)], ...place }] }).reach;
  const published = 'published: 80 → docker:web:81';
  expect(reach('docker-proxy')).toBe(`${published}; IPv4 only.`);
  expect(reach('nginx')).toBe(
    `only what the firewall does not forward away (${published}); IPv4 only.`,
  );
  // In a container it is where the port leads.
  expect(reach('nginx', { netns: web })).toBe(`${published}; IPv4 only.`);
});

test.each<[Partial<Service>, string]>([
  [{ status: 'unserved' }, 'port 80: forwarded to where nothing listens'],
  [{ status: 'forwarded' }, 'port 80: forwarded to where servers cannot be seen'],
  [{ status: 'absent' }, 'port 80: no listener'],
  [{ status: 'bound' }, 'port 80: in use, but not listening'],
  [
    { asked: { by: 'remote', value: '192.0.2.1' }, status: 'connected' },
    'remote 192.0.2.1: connected',
  ],
  [
    { asked: { by: 'program', value: 'a\u001b[31m' }, status: 'absent' },
    'program a\\x1b[31m: no sockets',
  ],
])('%j is in its title', (changes, expected) => {
  expect(linesOf(changes).title).toBe(`SERVICE  ${expected}`);
});

test.each([
  [1, '0.0.0.0:53: 1 byte unread'],
  [300, '0.0.0.0:53: 300 bytes unread'],
])('%i of the bytes of a UDP server', (recvQueue, expected) => {
  const server = inet('0.0.0.0:53', '0.0.0.0:0', { protocol: 'udp', state: 'UNCONN', recvQueue });
  expect(linesOf({ listeners: [server] }).queue).toBe(expected);
});

test('the sockets of one address and port have one queue text', () => {
  const udp = { protocol: 'udp', state: 'UNCONN' } as const;
  const tcp = (length: number) => ({ ...any4, acceptQueue: { length, limit: 8 } });
  const queueOf = (...listeners: InetSocket[]) => linesOf({ listeners }).queue;
  expect(queueOf({ ...any4, ...udp, recvQueue: 300 }, { ...any4, ...udp, recvQueue: 200 })).toBe(
    '0.0.0.0:80: 500 bytes unread',
  );
  expect(queueOf(tcp(2), tcp(0), { ...any4, ...udp, recvQueue: 300 })).toBe(
    '0.0.0.0:80: 2 waiting to be accepted in 2 queues of at most 8, 0.0.0.0:80: 300 bytes unread',
  );
  expect(queueOf(tcp(2), tcp(9), tcp(9))).toBe(
    '0.0.0.0:80: 20 waiting to be accepted in 3 queues of at most 8, 2 of them full (the kernel admits one more)',
  );
});

test('a UDP server that has read everything, and one whose queue is not known, have none', () => {
  const udp = { protocol: 'udp', state: 'UNCONN', recvQueue: 0 } as const;
  expect(linesOf({ listeners: [{ ...any4, ...udp }] }).queue).toBeUndefined();
  expect(linesOf({ listeners: [{ ...any4, recvQueue: null }] }).queue).toBeUndefined();
});

test('of very many listeners and processes some are named, and the rest is counted', () => {
  const owners = [1, 2, 3, 4, 5, 6, 7].map((pid) => owner(pid, 'app'));
  const lines = linesOf({ listeners: [{ ...any4, owners }], listenerCount: 3 });
  expect(lines.at).toBe('0.0.0.0:80 (tcp), and 2 more');
  expect(lines.by).toBe('app 1; app 2; app 3; app 4; app 5; 2 more');
});

test('who has a port bound, or listened there earlier, may be unknown', () => {
  const nobodys = { ...any4, owners: [] };
  const lines = linesOf({
    ...{ status: 'bound', bound: [nobodys] },
    earlier: { takenAt: '2026-01-01T00:00:00.000Z', listeners: [any4] },
  });
  expect(lines.bound).toBe('0.0.0.0:80 (tcp) by an unknown process');
  expect(lines.before).toBe('at 2026-01-01T00:00:00.000Z: 0.0.0.0:80 (tcp) by an unknown process');
});

const few = {
  ...{ count: 2, states: { ESTABLISHED: 2 }, addresses: 1 },
  busiest: [{ address: '192.0.2.7', count: 2 }],
};
const none = { count: 0, states: {}, addresses: 0, busiest: [] };
test.each<[Service['asked']['by'], Service['outgoing'], string | undefined]>([
  [
    'port',
    few,
    '2 connections of this machine to that port: 2 ESTABLISHED; to 192.0.2.7 (2); by curl 7',
  ],
  ['program', few, '2 connections that it opened: 2 ESTABLISHED; to 192.0.2.7 (2); by curl 7'],
  ['remote', few, '2 connections with that address: 2 ESTABLISHED; with 192.0.2.7 (2); by curl 7'],
  ['port', none, undefined],
  ['program', none, 'no connections that it opened; by curl 7'],
  ['port', null, undefined],
])('connections that this machine opened, asked by %s: %j', (by, outgoing, expected) => {
  const clients = [owner(7, 'curl')] as unknown as Service['clients'];
  expect(linesOf({ asked: { by, value: '80' }, outgoing, clients }).uses).toBe(expected);
});

test.each<[string, readonly InetSocket[], number, string]>([
  ['only loopback', [local4], 1, ' But only this machine can reach the service.'],
  [
    'loopback of another network namespace',
    [{ ...local4, netns: web }],
    1,
    ' But only its own network namespace can reach the service.',
  ],
  [
    'loopback here and there',
    [local4, { ...local4, netns: web }],
    2,
    ' But only this machine can reach the service.',
  ],
  ['loopback that a port is forwarded to', [{ ...local4, exposure: exposed('published') }], 1, ''],
  ['also every address', [local4, any4], 2, ''],
  ['more than is known', [local4], 2, ''],
  ['nothing', [], 0, ''],
])('the end of a diagnosis of a service that listens at %s', (_, listeners, listenerCount, end) => {
  const service = { ...nothing, listeners, listenerCount };
  const diagnosis = { takenAt: '', findings: [], checks: [], notRun: [], warnings: [], service };
  expect(closingText(diagnosis as unknown as Diagnosis, 100, { verbose: false })).toBe(
    `Nothing found: 0 checks ran.${end}\n`,
  );
});

test('the end of a diagnosis says who reaches a service only if nothing was found', () => {
  const service = { ...nothing, listeners: [local4], listenerCount: 1 };
  const end = (changes: object) =>
    closingText(
      {
        ...{ takenAt: '', findings: [], checks: [{ check: 'a' }, { check: 'c' }] },
        ...{ notRun: [], warnings: [] },
        ...changes,
      } as unknown as Diagnosis,
      100,
      { verbose: false },
    );
  expect(end({ service, findings: [{}] })).toBe('1 finding: 2 checks ran.\n');
  expect(end({})).toBe('Nothing found: 2 checks ran.\n');
  const notRun = ['a', 'a', 'b'].map((check) => ({ check }));
  expect(end({ notRun })).toBe(
    'Nothing found: 2 checks ran, 1 of them only in part; 1 could not run: -v shows why.\n',
  );
});

test.each<[string, Partial<Service>, string]>([
  ['client', { status: 'client' }, '  port 80: no listener here, but used at other machines'],
  ['taken', { status: 'taken' }, '  port 80: no listener, but a connection was opened from it'],
  [
    'unknown',
    { asked: { by: 'program', value: 'app' }, status: 'unknown' },
    '  program app: not known, since the owners of sockets are hidden',
  ],
])('a service that is %s', (_, changes, title) => {
  expect(linesOf(changes).title).toBe(`SERVICE${title}`);
});

test('sockets without ports are shown by their names', () => {
  const owners = [owner(7, 'php-fpm')];
  const portless = [
    unixSocket({ path: '/run/php.sock', owners }),
    unixSocket({ path: null, owners }),
    inet('0.0.0.0:1', '0.0.0.0:0', { protocol: 'raw', owners }),
  ];
  const asked = { by: 'program', value: 'php-fpm' } as const;
  const lines = linesOf({ asked, status: 'portless', portless });
  expect(lines).toMatchObject({
    title: 'SERVICE  program php-fpm: only UNIX and raw sockets',
    at: '/run/php.sock (unix), without a name (unix), 0.0.0.0:1 (raw)',
    by: 'php-fpm 7',
  });
});

test('sockets that are not bound are told from those that are', () => {
  const owners = [owner(7, 'chrome')];
  const portless = [
    inet('0.0.0.0:0', '0.0.0.0:0', { state: 'CLOSE', owners }),
    inet('0.0.0.0:0', '0.0.0.0:0', { protocol: 'udp', state: 'UNCONN', owners }),
    unixSocket({ path: null, owners }),
  ];
  const asked = { by: 'program', value: 'chrome' } as const;
  expect(linesOf({ asked, status: 'portless', portless })).toMatchObject({
    title: 'SERVICE  program chrome: only unbound and UNIX sockets',
    at: 'without a port (tcp), without a port (udp), without a name (unix)',
  });
});

test('connections that have the port are told with who has them', () => {
  const opened = {
    ...{ count: 1, states: { ESTABLISHED: 1 }, addresses: 1 },
    busiest: [{ address: '198.51.100.9', count: 1 }],
  };
  const holding = [inet('192.0.2.1:80', '198.51.100.9:443', { owners: [owner(5, 'curl')] })];
  expect(linesOf({ status: 'taken', opened, holding }).opened).toBe(
    '1 connection opened from it: 1 ESTABLISHED; with 198.51.100.9 (1); by curl 5',
  );
  expect(linesOf({ opened: { ...opened, count: 0 } }).opened).toBeUndefined();
  const none = { count: 0, states: {}, addresses: 0, busiest: [] };
  const lines = linesOf({ status: 'connected', incoming: none, unclear: opened, holding });
  expect(lines.unclear).toBe(
    '1 connection opened to it or from it: 1 ESTABLISHED; with 198.51.100.9 (1); by curl 5',
  );
  expect(lines.clients).toBeUndefined();
  expect(linesOf({ incoming: none, unclear: none }).clients).toBe('no connections to it');
});
