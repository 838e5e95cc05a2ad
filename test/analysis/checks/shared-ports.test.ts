import { expect, test } from 'vitest';
import { sharedPorts } from '../../../src/analysis/checks/shared-ports.ts';
import type { Owner } from '../../../src/model/socket/owner.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, owner, unit } from '../../support/builders.ts';
import { found } from './support.ts';

let inode = 100;

function server(
  end: string,
  by: Owner | null,
  changes: Partial<InetSocket> & { readonly at?: string } = {},
): InetSocket {
  const { at, ...rest } = changes;
  return inet(end, end.startsWith('[') ? '[::]:0' : '0.0.0.0:0', {
    inode: inode++,
    uid: by?.uid ?? 0,
    owners: by === null ? [] : [by],
    ...(at !== undefined && { workload: unit(at) }),
    ...rest,
  });
}

const udp = { protocol: 'udp', state: 'UNCONN' } as const;
const nginx = owner(10, 'nginx', { uid: 33 });
const worker = owner(11, 'nginx', { uid: 33 });
const apache = owner(20, 'apache2', { uid: 33 });
const root = owner(21, 'nginx', { uid: 0 });

const said = (sockets: readonly InetSocket[]) =>
  found(sharedPorts, { sockets }).map(({ severity, title }) => `${severity}: ${title}`);

const families = (one: string) => `${one}, one on IPv4 and one on IPv6`;

test.each<[string, readonly InetSocket[], readonly string[]]>([
  ['one server is silent', [server('0.0.0.0:80', nginx)], []],
  [
    'workers of one program and user are silent',
    [server('0.0.0.0:80', nginx), server('0.0.0.0:80', worker)],
    [],
  ],
  [
    'one program on both families is silent',
    [server('0.0.0.0:80', nginx), server('[::]:80', worker)],
    [],
  ],
  [
    'a socket that several processes hold is one',
    [
      server('0.0.0.0:80', nginx, { owners: [nginx, apache] }),
      server('[::]:80', apache, { owners: [nginx, apache] }),
    ],
    [],
  ],
  [
    'two programs at one address',
    [server('0.0.0.0:80', nginx), server('0.0.0.0:80', apache)],
    ['warning: tcp port 80 is shared by apache2 and nginx'],
  ],
  [
    'one program of two users',
    [server('0.0.0.0:80', nginx), server('0.0.0.0:80', root)],
    ['warning: tcp port 80 is shared by user 0 and user 33'],
  ],
  [
    'one program and user of two units',
    [
      server('0.0.0.0:80', nginx, { at: 'web.service' }),
      server('0.0.0.0:80', worker, { at: 'shop.service' }),
    ],
    ['warning: tcp port 80 is shared by shop.service and web.service'],
  ],
  [
    'one program and user, of which only one server is in a unit, is silent',
    [server('0.0.0.0:80', nginx, { at: 'web.service' }), server('0.0.0.0:80', worker)],
    [],
  ],
  [
    'one executable of one user is one program, whatever its processes call themselves',
    ['blue', 'green'].map((name, number) =>
      server('0.0.0.0:80', owner(30 + number, name, { executable: '/usr/bin/app', uid: 33 })),
    ),
    [],
  ],
  [
    "people's sessions are no units",
    [
      server('0.0.0.0:80', nginx, { workload: unit('session-1.scope', 'scope') }),
      server('0.0.0.0:80', worker, { workload: unit('session-2.scope', 'scope') }),
    ],
    [],
  ],
  [
    'two programs on two families',
    [server('0.0.0.0:80', nginx), server('[::]:80', apache)],
    [families('warning: tcp port 80 is shared by apache2 and nginx')],
  ],
  [
    'two programs on the two addresses of localhost',
    [server('127.0.0.1:80', nginx), server('[::1]:80', apache)],
    [families('note: tcp port 80 is shared by apache2 and nginx')],
  ],
  [
    'two programs at one address of loopback',
    [server('127.0.0.1:80', nginx), server('127.0.0.1:80', apache)],
    ['warning: tcp port 80 is shared by apache2 and nginx'],
  ],
  [
    'every address and one of them',
    [server('0.0.0.0:53', nginx, udp), server('127.0.0.1:53', apache, udp)],
    ['note: udp port 53 is shared by apache2 and nginx'],
  ],
  [
    'different addresses are silent',
    [server('127.0.0.53:53', nginx, udp), server('192.0.2.1:53', apache, udp)],
    [],
  ],
  [
    'addresses of two families that no name has both of are silent',
    [server('192.0.2.1:80', nginx), server('[2001:db8::1]:80', apache)],
    [],
  ],
  [
    'nor has a name both the address of loopback and one of the other family',
    [server('127.0.0.1:80', nginx), server('[2001:db8::1]:80', apache)],
    [],
  ],
  ['TCP and UDP are silent', [server('0.0.0.0:53', nginx), server('0.0.0.0:53', apache, udp)], []],
  [
    'mDNS is for all',
    [server('0.0.0.0:5353', nginx, udp), server('0.0.0.0:5353', apache, udp)],
    [],
  ],
  [
    'but TCP at its port is not',
    [server('0.0.0.0:5353', nginx), server('0.0.0.0:5353', apache)],
    ['warning: tcp port 5353 is shared by apache2 and nginx'],
  ],
  [
    'so is a multicast group',
    [server('239.1.2.3:7000', nginx, udp), server('239.1.2.3:7000', apache, udp)],
    [],
  ],
  [
    'interfaces of their own are silent',
    ['eth0', 'eth1'].map((zone, number) =>
      server('0.0.0.0:67', number === 0 ? nginx : apache, {
        local: { address: '0.0.0.0', port: 7000, zone },
      }),
    ),
    [],
  ],
  [
    'what is bound to interfaces of its own is silent',
    [
      server('0.0.0.0:80', nginx, { device: 'eth0' }),
      server('0.0.0.0:80', apache, { device: 'eth1' }),
      server('[::]:80', root, { device: 'lo' }),
    ],
    [],
  ],
  [
    'different addresses of which one is by an interface are silent',
    [server('192.0.2.1:80', nginx), server('192.0.2.2:80', apache, { device: 'eth1' })],
    [],
  ],
  [
    'two programs by one interface',
    [
      server('0.0.0.0:80', nginx, { device: 'eth0' }),
      server('0.0.0.0:80', apache, { device: 'eth0' }),
    ],
    ['warning: tcp port 80 is shared by apache2 and nginx'],
  ],
  [
    'one that has every interface and one of one',
    [server('0.0.0.0:80', nginx), server('0.0.0.0:80', apache, { device: 'eth1' })],
    ['note: tcp port 80 is shared by apache2 and nginx'],
  ],
  [
    'every address and one of them by an interface',
    [server('0.0.0.0:80', nginx), server('192.0.2.1:80', apache, { device: 'eth1' })],
    ['note: tcp port 80 is shared by apache2 and nginx'],
  ],
  [
    'families of which one is for this machine',
    [server('0.0.0.0:80', nginx, { device: 'lo' }), server('[::]:80', apache)],
    [families('note: tcp port 80 is shared by apache2 and nginx')],
  ],
  [
    'reports the users who made the sockets if holders may not be seen',
    [
      server('0.0.0.0:80', null, { uid: 33, noOwner: 'denied' }),
      server('0.0.0.0:80', null, { uid: 34, noOwner: 'denied' }),
    ],
    ['warning: tcp port 80 is shared by user 33 and user 34'],
  ],
  [
    'the same user may be the same program',
    [
      server('0.0.0.0:80', null, { noOwner: 'denied' }),
      server('0.0.0.0:80', null, { noOwner: 'denied' }),
    ],
    [],
  ],
])('%s', (_, sockets, expected) => {
  expect(said(sockets)).toEqual(expected);
});

const published = {
  exposure: {
    kind: 'published',
    published: [
      {
        ...({ protocol: 'tcp', hostPort: 8080, port: 80 } as const),
        ...{ hostAddress: null, address: '172.17.0.2', workload: 'docker:web' },
      },
    ],
    reason: null,
  },
} as const;

test.each([
  ['reports a server of the host at a published port', 'nginx', 1],
  ["Docker's own program holds the port for the container", 'docker-proxy', 0],
  ['so does what started it', 'conmon', 0],
])('%s', (_, program, count) => {
  const found = said([server('0.0.0.0:8080', owner(5, program), published)]);
  expect(found).toHaveLength(count);
  if (count > 0)
    expect(found[0]).toBe("warning: tcp port 8080 is nginx (PID 5)'s and a container's");
});

test.each([
  ['in a container', '0.0.0.0:80', { netns: { inode: 5, name: 'web', own: false } }],
  ['on loopback', '127.0.0.1:80', {}],
])('does not report the server to which the port leads, %s', (_, end, place) => {
  expect(said([server(end, owner(5, 'nginx'), { ...published, ...place })])).toEqual([]);
});

test('does not report a published port whose holder may not be seen', () => {
  expect(said([server('0.0.0.0:8080', null, { ...published, noOwner: 'denied' })])).toEqual([]);
});

test('says where the firewall leads others', () => {
  const [finding] = found(sharedPorts, {
    sockets: [server('0.0.0.0:8080', owner(5, 'nginx'), published)],
  });
  expect(finding?.observations).toEqual([
    'nginx (PID 5) listens at 0.0.0.0:8080.',
    expect.stringMatching(/^The firewall's rules forward the port: .*docker:web/),
  ]);
});

test('it is sure that programs share a port if all of them are seen', () => {
  const told = (...sockets: readonly InetSocket[]) => {
    const [finding] = found(sharedPorts, { sockets });
    return [finding?.certainty, ...(finding?.observations.slice(0, 2) ?? [])];
  };
  expect(
    told(server('0.0.0.0:80', nginx, { at: 'web.service' }), server('0.0.0.0:80', apache)),
  ).toEqual([
    'sure',
    '0.0.0.0:80: nginx (PID 10), user 33, web.service.',
    '0.0.0.0:80: apache2 (PID 20), user 33.',
  ]);
  expect(told(server('0.0.0.0:80', nginx), server('0.0.0.0:80', null, { uid: 34 }))).toEqual([
    'likely',
    '0.0.0.0:80: nginx (PID 10), user 33.',
    '0.0.0.0:80: an unknown process of user 34.',
  ]);
});

test('names the interface that one of them is bound to', () => {
  const [finding] = found(sharedPorts, {
    sockets: [server('0.0.0.0:80', nginx), server('0.0.0.0:80', apache, { device: 'eth1' })],
  });
  expect(finding?.observations).toEqual([
    '0.0.0.0:80: nginx (PID 10), user 33.',
    '0.0.0.0:80 by eth1: apache2 (PID 20), user 33.',
    expect.stringContaining('The one bound to an interface receives traffic of that interface'),
  ]);
});

test('the sockets of one server are one observation', () => {
  const [finding] = found(sharedPorts, {
    sockets: [
      ...[server('0.0.0.0:80', nginx), server('0.0.0.0:80', nginx), server('0.0.0.0:80', worker)],
      server('0.0.0.0:80', apache),
    ],
  });
  expect(finding?.observations).toEqual([
    '0.0.0.0:80: nginx (PID 10) and 1 other process, user 33, 3 sockets.',
    '0.0.0.0:80: apache2 (PID 20), user 33.',
    expect.stringContaining('by a hash of its addresses'),
  ]);
});

test.each<[string, InetSocket, InetSocket, boolean]>([
  [
    'two users',
    server('0.0.0.0:80', null, { uid: 33 }),
    server('0.0.0.0:80', null, { uid: 0 }),
    true,
  ],
  ['one user', server('0.0.0.0:80', null, { uid: 33 }), server('0.0.0.0:80', nginx), false],
  ['another user', server('0.0.0.0:80', nginx), server('0.0.0.0:80', null, { uid: 0 }), true],
  [
    'a user who is not known',
    server('0.0.0.0:80', nginx),
    server('0.0.0.0:80', null, { uid: null }),
    false,
  ],
  [
    'two who are not known',
    server('0.0.0.0:80', null, { uid: null }),
    server('0.0.0.0:80', null, { uid: 33 }),
    false,
  ],
])('where owners are not seen, the users tell servers apart: %s', (_, one, other, isShared) => {
  expect(said([one, other])).toHaveLength(isShared ? 1 : 0);
  expect(said([other, one])).toHaveLength(isShared ? 1 : 0);
});
