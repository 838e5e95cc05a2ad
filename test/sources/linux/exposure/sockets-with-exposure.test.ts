import { describe, expect, it } from 'vitest';
import { familyOf } from '../../../../src/model/address/text.ts';
import { keepDevice } from '../../../../src/model/socket/device.ts';
import {
  type Exposure,
  exposureText,
  type PublishedPort,
} from '../../../../src/model/socket/exposure.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { keepV6only } from '../../../../src/model/socket/v6only.ts';
import {
  exposureOf,
  type Publishing,
  socketsWithExposure,
} from '../../../../src/sources/linux/exposure/sockets-with-exposure.ts';
import { container, inet } from '../../../support/builders.ts';
import { warningSink } from '../../../support/source-answers.ts';

/** A socket that a forwarder holds. */
const held = { inode: 4242 };
/** One of a forwarder that shows to whom it leads. */
const showing = { inode: 4243 };

const web: PublishedPort = {
  ...{ protocol: 'tcp', hostAddress: null, hostPort: 8080, address: '172.17.0.2', port: 80 },
  workload: 'docker:web',
};
const docker = container('web');
const podman = container('db', { runtime: 'podman' });
const own = { inode: 1, name: null, own: true };
const inContainer = { inode: 2, name: 'web', own: false };
const stranger = { inode: 3, name: null, own: false };

const publishing: Publishing = {
  ports: [
    web,
    { ...web, hostAddress: '192.0.2.1', hostPort: 81, workload: null },
    { ...web, hostPort: 6000, address: 'fd00::2', port: 60, workload: null },
    { ...web, hostAddress: '127.0.0.1', hostPort: 5000, port: 50 },
    { ...web, hostPort: 7000, address: '127.0.0.1', port: 70 },
    { ...web, hostAddress: '127.0.0.1', hostPort: 1, address: '127.0.0.1', port: 71 },
    { ...web, hostPort: 7100, address: '::1', port: 73 },
    { ...web, hostPort: 9080, port: 8 },
  ],
  familiesOf: ({ hostPort, hostAddress, address }) =>
    new Set(hostPort === 9080 ? ['inet', 'inet6'] : [familyOf(hostAddress ?? address)]),
  doubt: null,
  forwarding: new Map([
    [held.inode, []],
    [showing.inode, [podman]],
  ]),
  workloadsAt: (address) => (address.startsWith('127.') ? [] : [docker]),
  routesLoopback: true,
  addressesOf: ({ inode }) =>
    inode === 2 ? new Set(['127.0.0.1', '172.17.0.2', 'fd00::2']) : null,
  isShared: () => false,
  waysBesides: (_netns, _protocol, addresses) =>
    addresses.includes('172.17.0.66') ? 'a rule of it all' : null,
  isOfAnother: (netns, device, address) =>
    address === (netns === undefined || netns.own ? '192.0.2.1' : '172.17.0.2') &&
    device.name !== 'eth0' &&
    device.name !== 'vrf-blue',
  lacksAddress: (address) => address.includes('203.0.113.'),
  lacksDevice: ({ name }) => name === '7',
};

const listener = (local: string, more: Partial<InetSocket> = {}): InetSocket => ({
  ...inet(local, '0.0.0.0:0'),
  state: 'LISTEN',
  ...more,
});
const ipv6Only = (local: string): InetSocket => {
  const socket = listener(local);
  keepV6only(socket, Buffer.from([1]));
  return socket;
};
const on = (name: string, index = 2, more: Partial<InetSocket> = {}) => {
  const bound = (local: string) => {
    const socket = listener(local, more);
    keepDevice(socket, { index, name });
    return socket;
  };
  return bound;
};

describe('exposureOf', () => {
  const cases: readonly (readonly [string, InetSocket, string | null])[] = [
    ['loopback', listener('127.0.0.1:80'), 'loopback'],
    ['an address of the host', listener('192.0.2.1:22'), 'host'],
    ['any address', listener('0.0.0.0:22'), 'host'],
    ['a port that is published', listener('0.0.0.0:8080'), 'published: 8080 → docker:web:80'],
    [
      'one of one address, which any address stands for too',
      listener('0.0.0.0:81'),
      'published: 192.0.2.1:81 → 172.17.0.2:80',
    ],
    ['one of its own address', listener('192.0.2.1:81'), 'published: 192.0.2.1:81 → 172.17.0.2:80'],
    [
      'one of any, by its own address',
      listener('192.0.2.2:8080'),
      'published: 8080 → docker:web:80',
    ],
    ['the same of another address', listener('192.0.2.2:81'), 'host'],
    [
      'loopback, by each of several addresses',
      listener('127.0.0.1:99', { protocol: 'sctp', localAlternates: ['127.0.0.2'] }),
      'loopback',
    ],
    [
      'the host by one of several addresses',
      listener('127.0.0.1:99', { protocol: 'sctp', localAlternates: ['192.0.2.2'] }),
      'host',
    ],
    ['loopback of IPv6, where no rule can lead', listener('[::1]:73'), 'loopback'],
    [
      'the same port of UDP',
      { ...listener('0.0.0.0:8080'), protocol: 'udp', state: 'UNCONN' },
      'host',
    ],
    [
      'a port that is also published with IPv6',
      ipv6Only('[::]:9080'),
      'published: 9080 → docker:web:8',
    ],
    ['one that is not, by a server of IPv6 alone', ipv6Only('[::]:8080'), 'host'],
    ['a forwarder of which no more is known', listener('0.0.0.0:99', held), 'published'],
    ['one that shows to whom it leads', listener('0.0.0.0:98', showing), 'published for podman:db'],
    ['a program like another', listener('0.0.0.0:99'), 'host'],
    ['a connection', inet('192.0.2.1:8080', '192.0.2.7:1'), null],
    ['a TCP socket that is only bound', { ...listener('0.0.0.0:5'), state: 'CLOSE' }, null],
    [
      'what a port of the host leads to',
      listener('0.0.0.0:80', { netns: inContainer }),
      'published: 8080 → docker:web:80, 192.0.2.1:81 → 172.17.0.2:80',
    ],
    ['what none leads to', listener('0.0.0.0:90', { netns: inContainer }), 'internal'],
    ['another address there', listener('172.17.0.9:80', { netns: inContainer }), 'internal'],
    ['what something else leads to', listener('172.17.0.66:80', { netns: inContainer }), 'unknown'],
    ['loopback there', listener('127.0.0.1:80', { netns: inContainer }), 'loopback'],
    [
      'a namespace of which nothing is known',
      listener('0.0.0.0:80', { netns: stranger }),
      'unknown',
    ],
    ['any address, by the loopback interface', on('lo', 1)('0.0.0.0:22'), 'loopback'],
    ['the same where it has another name', on('loop', 1)('[::]:22'), 'loopback'],
    ['by that name alone', listener('0.0.0.0:22', { device: 'lo' }), 'loopback'],
    ['an interface that is called so', on('lo', 3)('0.0.0.0:22'), 'host'],
    ['an address of the host, by the loopback interface', on('lo', 1)('192.0.2.1:22'), 'loopback'],
    ['a published port, by the loopback interface', on('lo', 1)('0.0.0.0:8080'), 'loopback'],
    ['any address, by one interface', on('eth1')('0.0.0.0:22'), 'host'],
    ['loopback, by another interface', on('eth1')('127.0.0.1:22'), 'loopback'],
    [
      'a port that is published at any address, by one interface',
      on('eth1')('0.0.0.0:8080'),
      'published: 8080 → docker:web:80',
    ],
    ['one of an address that the interface has not', on('eth1')('0.0.0.0:81'), 'host'],
    [
      'one of an address that it has',
      on('eth0')('0.0.0.0:81'),
      'published: 192.0.2.1:81 → 172.17.0.2:80',
    ],
    [
      'one of an address of which that is not known',
      on('vrf-blue')('0.0.0.0:81'),
      'published: 192.0.2.1:81 → 172.17.0.2:80',
    ],
    [
      'what a port leads to, by the interface that has the address',
      on('eth0', 2, { netns: inContainer })('0.0.0.0:80'),
      'published: 8080 → docker:web:80, 192.0.2.1:81 → 172.17.0.2:80',
    ],
    ['the same by another', on('eth1', 3, { netns: inContainer })('0.0.0.0:80'), 'internal'],
    ['by its loopback interface', on('lo', 1, { netns: inContainer })('0.0.0.0:80'), 'loopback'],
    ['IPv6, to a server of IPv4', listener('0.0.0.0:60', { netns: inContainer }), 'internal'],
    [
      'IPv6, to a server of it',
      listener('[::]:60', { netns: inContainer }),
      'published: 6000 → [fd00::2]:60',
    ],
    ['IPv6, before a server of IPv4', listener('0.0.0.0:6000'), 'host'],
    ['what is only for own packets, before a server', listener('0.0.0.0:5000'), 'host'],
    [
      'what is only for own packets, before a forwarder',
      listener('0.0.0.0:5000', held),
      'published: 127.0.0.1:5000 → docker:web:50',
    ],
    ['a port that leads to loopback', listener('127.0.0.1:70'), 'published: 7000 → docker:web:70'],
    ['the same for own packets', listener('127.0.0.1:71'), 'loopback'],
    ['an address that is gone', listener('203.0.113.9:22'), 'nowhere'],
    ['the same in IPv6', listener('[::ffff:203.0.113.9]:22'), 'nowhere'],
    ['one whose port is published at any address', listener('203.0.113.9:8080'), 'nowhere'],
    ['one by an interface that is there', on('eth0')('203.0.113.9:22'), 'nowhere'],
    ['one of another namespace', listener('203.0.113.9:80', { netns: inContainer }), 'internal'],
    [
      'one of two, of which the other is there',
      listener('203.0.113.9:99', { protocol: 'sctp', localAlternates: ['192.0.2.2'] }),
      'host',
    ],
    ['any address, by an interface that is gone', on('7', 7)('0.0.0.0:22'), 'nowhere'],
    ['the same of another namespace', on('7', 7, { netns: inContainer })('0.0.0.0:90'), 'internal'],
    ['the own namespace among others', listener('0.0.0.0:22', { netns: own }), 'host'],
  ];
  it.each(cases)('%s', (_, socket, expected) => {
    const exposure = exposureOf(socket, publishing);
    expect(exposure && exposureText(exposure)).toBe(expected);
    expect(exposure?.reason === null || exposure === null).toBe(expected !== 'unknown');
  });

  it('tells the workloads that ports are published for, each once', () => {
    const workloads = (socket: InetSocket) => exposureOf(socket, publishing)?.workloads;
    expect(workloads(listener('0.0.0.0:80', { netns: own }))).toBe(undefined);
    expect(workloads(listener('203.0.113.9:80'))).toBe(undefined);
    expect(workloads(listener('203.0.113.9:98', showing))).toEqual([podman]);
    expect(workloads(listener('0.0.0.0:80', { netns: inContainer }))).toEqual([docker]);
    expect(workloads(listener('0.0.0.0:8080'))).toEqual([docker]);
    expect(workloads(listener('0.0.0.0:8080', showing))).toEqual([podman, docker]);
    expect(workloads(listener('0.0.0.0:99', held))).toEqual([]);
    // Of the host itself.
    expect(workloads(listener('127.0.0.1:70'))).toEqual([]);
  });

  it('is for the server’s own workload, where that is known', () => {
    const dns = container('dns');
    const at = (local: string, more: Partial<InetSocket>) => {
      const exposure = exposureOf(listener(local, more), publishing);
      return [exposure && exposureText(exposure), exposure?.workloads];
    };
    const there = { netns: inContainer };
    const one = { workload: dns, workloads: [dns], noWorkload: null };
    const text = 'published: 8080 → docker:dns:80, 192.0.2.1:81 → docker:dns:80';
    expect(at('0.0.0.0:80', { ...there, ...one })).toEqual([text, [dns]]);
    expect(at('127.0.0.1:70', one)).toEqual(['published: 7000 → docker:dns:70', [dns]]);
    const several = { ...one, workloads: [dns, podman] };
    expect(at('0.0.0.0:80', { ...there, ...several })).toEqual([text, [dns, podman]]);
    const nobody = { workload: null, workloads: [] };
    expect(at('0.0.0.0:80', { ...there, ...nobody, noWorkload: 'none' })).toEqual([
      'published: 8080 → 172.17.0.2:80, 192.0.2.1:81 → 172.17.0.2:80',
      [],
    ]);
    expect(at('0.0.0.0:80', { ...there, ...nobody, noWorkload: 'denied' })[1]).toEqual([docker]);
    // At the host's port stands a proxy, whose own workload is another one.
    expect(at('0.0.0.0:8080', one)[1]).toEqual([docker]);
  });

  it('tells them of a proxy at a loopback address too', () => {
    const forwarder = (local: string, more: Partial<InetSocket> = {}) => {
      const { kind, published, workloads } = exposureOf(listener(local, more), publishing) ?? {};
      expect([kind, published]).toEqual(['loopback', []]);
      return workloads;
    };
    expect(forwarder('127.0.0.1:5000')).toEqual([docker]);
    expect(forwarder('127.0.0.1:98', showing)).toEqual([podman]);
    expect(forwarder('[::1]:98', showing)).toEqual([podman]);
    expect(forwarder('127.0.0.1:99', held)).toEqual([]);
    for (const other of ['127.0.0.2:5000', '127.0.0.1:5001', '127.0.0.1:71']) {
      expect(forwarder(other)).toBe(undefined);
    }
  });

  it('is loopback where the kernel hands nothing on to it', () => {
    const exposure = exposureOf(listener('127.0.0.1:70'), { ...publishing, routesLoopback: false });
    expect(exposure?.kind).toBe('loopback');
  });

  it('is unknown, with the reason, where there may be further rules', () => {
    const doubtful = { ...publishing, doubt: 'no nft' };
    const exposure = exposureOf(
      listener('0.0.0.0:90', { netns: inContainer }),
      doubtful,
    ) as Exposure;
    expect([exposure.kind, exposure.reason]).toEqual(['unknown', 'no nft']);
    // What is known to be published stays so.
    expect(exposureOf(listener('0.0.0.0:80', { netns: inContainer }), doubtful)?.kind).toBe(
      'published',
    );
  });
});

it('servers whose exposure is unknown are counted, by reason', async () => {
  const rows = [
    listener('0.0.0.0:90', { netns: inContainer }),
    listener('0.0.0.0:91', { netns: stranger }),
    listener('0.0.0.0:92', { netns: stranger }),
    listener('0.0.0.0:22'),
    inet('192.0.2.1:8080', '192.0.2.7:1'),
  ];
  const told = async (doubt: string | null) => {
    const sink = warningSink();
    const asked = async () => ({ ...publishing, doubt });
    for await (const _ of socketsWithExposure(batchOf(rows), asked, sink));
    return sink.warnings.map(({ message }) => message.replace(/.* leads to /, ''));
  };
  const unread = "the namespace's addresses could not be read";
  expect(await told('no nft')).toEqual([
    `3 servers in other network namespaces: no nft (1); ${unread} (2)`,
  ]);
  expect(await told(null)).toEqual([`2 servers in other network namespaces: ${unread}`]);
});

async function* batchOf(rows: readonly InetSocket[]) {
  yield rows;
}
