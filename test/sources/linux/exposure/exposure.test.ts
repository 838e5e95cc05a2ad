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
  parseProxyCommand,
  publishedByProxies,
} from '../../../../src/sources/linux/exposure/docker-proxy.ts';
import { readFirewall } from '../../../../src/sources/linux/exposure/firewall.ts';
import {
  forwardersIn,
  mayBeRootless,
  socketsOf,
} from '../../../../src/sources/linux/exposure/forwarders.ts';
import {
  exposureOf,
  type Publishing,
} from '../../../../src/sources/linux/exposure/sockets-with-exposure.ts';
import { container, inet } from '../../../support/builders.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

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
    ['the same of another address', listener('192.0.2.2:81'), 'host'],
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

describe('docker-proxy', () => {
  const words = (text: string) => text.split(' ');
  const command =
    '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd';
  it('names the port that it takes and where that leads', () => {
    const byIpv4 = { published: { ...web, workload: null }, family: 'inet' };
    expect(parseProxyCommand(words(command))).toEqual(byIpv4);
    const one = command.replace('0.0.0.0', '192.0.2.1').replace('tcp', 'udp');
    expect(parseProxyCommand(words(one))).toMatchObject({
      published: { hostAddress: '192.0.2.1', protocol: 'udp' },
    });
    const dashed = command.replaceAll(' -', ' --');
    expect(parseProxyCommand(words(dashed))).toEqual(byIpv4);
    const v6 = command.replace('0.0.0.0', '::');
    expect(parseProxyCommand(words(v6))).toEqual({ ...byIpv4, family: 'inet6' });
    const any = command.replace('-host-ip 0.0.0.0 ', '');
    expect(parseProxyCommand(words(any))).toEqual({ ...byIpv4, family: null });
    const container = command.replace('172.17.0.2', 'fd00::2');
    expect(parseProxyCommand(words(container))).toMatchObject({
      published: { hostAddress: null, address: 'fd00::2' },
    });
  });
  it.each([
    command.replace('docker-proxy', 'docker'),
    command.replace('8080', '80800'),
    command.replace('172.17.0.2', 'somewhere'),
    command.replace(' tcp', ' icmp'),
    '/usr/bin/docker-proxy',
    '',
  ])('is not believed where it makes no sense: %s', (text) => {
    expect(parseProxyCommand(words(text))).toBe(null);
  });
  it('is known by the kernel’s name for it', () => {
    const cmdline = `${command.replaceAll(' ', '\0')}\0`;
    const proc = fakeProc({
      processes: { 5: { fd: {}, cmdline }, 6: { fd: {}, cmdline }, 7: { fd: {} } },
      files: { '5/comm': 'docker-proxy\n', '6/comm': 'other\n' },
    });
    const { believed } = publishedByProxies(proc, forwardersIn(proc));
    expect(believed).toEqual([{ published: { ...web, workload: null }, family: 'inet' }]);
  });
});

it('docker-proxy is believed if root runs it, outside of containers', () => {
  const words = ['docker-proxy', '-proto', 'tcp', '-host-ip', '0.0.0.0', '-host-port', '8080'];
  words.push('-container-ip', '172.17.0.2', '-container-port', '80', '');
  const process = { fd: {}, cmdline: words.join('\0') };
  const comm = 'docker-proxy\n';
  /** What is published by one of this user and cgroup. */
  const publishedBy = (
    uid: number | null,
    cgroup = '/system.slice/docker.service',
    first = '/init.scope',
  ) => {
    const files = {
      ...{ '5/comm': comm, '5/cgroup': `0::${cgroup}\n`, '1/cgroup': `0::${first}\n` },
      '5/status': uid === null ? '' : `Name:\tdocker-proxy\nUid:\t${uid}\t0\t0\t0\n`,
    };
    const proc = fakeProc({ isLive: true, processes: { 5: process }, files });
    return publishedByProxies(proc, forwardersIn(proc));
  };
  const published = [{ published: { ...web, workload: null }, family: 'inet' }];
  expect(publishedBy(0)).toEqual({ believed: published, doubtful: [] });
  for (const uid of [1000, null]) expect(publishedBy(uid)).toEqual({ believed: [], doubtful: [] });
  const container = `/machine.slice/libpod-${'a'.repeat(64)}.scope/container`;
  expect(publishedBy(0, container)).toEqual({ believed: [], doubtful: published });
  expect(publishedBy(1000, container)).toEqual({ believed: [], doubtful: [] });
  // Seen from a container, it may be Docker's in there, or the host's.
  const fromContainer = { believed: published, doubtful: [] };
  expect(publishedBy(0, container, container)).toEqual(fromContainer);
  expect(publishedBy(0, undefined, container)).toEqual(fromContainer);
  const another = `/docker/${'b'.repeat(64)}`;
  expect(publishedBy(0, another, container)).toEqual({ believed: [], doubtful: published });
});

describe('forwarders', () => {
  it('are known by the kernel’s names for them', () => {
    const proc = fakeProc({
      processes: { 5: { fd: {} }, 6: { fd: {} }, 7: { fd: {} }, 8: { fd: {} } },
      files: { '5/comm': 'docker-proxy\n', '6/comm': 'nginx\n', '8/comm': 'rootlessport\n' },
    });
    expect(forwardersIn(proc).map(({ pid }) => pid)).toEqual([5, 8]);
  });
  it('hold sockets; of those that may not be inspected others may be missing', () => {
    const proc = fakeProc({
      processes: {
        5: { fd: { 3: 'socket:[11]', 4: 'pipe:[1]' } },
        6: { fd: systemError('EACCES') },
        7: { fd: { 3: 'socket:[12]' } },
      },
    });
    const running = [
      { pid: 5, name: 'docker-proxy' },
      { pid: 6, name: 'pasta' },
      { pid: 99, name: 'pasta' },
    ];
    expect(socketsOf(proc, running)).toEqual([
      { forwarder: running[0], inodes: new Set([11]), isWhole: true },
      { forwarder: running[1], inodes: new Set(), isWhole: false },
      { forwarder: running[2], inodes: new Set(), isWhole: true },
    ]);
  });
  it('may lead into a namespace of which nothing is known', () => {
    expect(mayBeRootless('/nowhere', 'self', 1)).toBe(true);
  });
  it.runIf(process.platform === 'linux')(
    'do not lead to who lives in the same user namespace',
    () => {
      expect(mayBeRootless('/proc', 'self', process.pid)).toBe(false);
    },
  );
});

describe('readFirewall', () => {
  const nothing = JSON.stringify({ nftables: [] });
  const table = { table: { family: 'ip', name: 'nat', handle: 1 } };
  const nft = JSON.stringify({ nftables: [table] });
  const rule = { rule: { family: 'ip', expr: [{ xt: { type: 'target', name: 'DNAT' } }] } };
  const foreign = JSON.stringify({ nftables: [table, rule] });
  const save = '*nat\n-A PREROUTING -p tcp --dport 1 -j DNAT --to-destination 10.0.0.2:2\nCOMMIT\n';
  const answers = (given: Readonly<Record<string, string>>) => async (program: string) =>
    given[program] === undefined ? null : Buffer.from(given[program]);

  const cases: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    number,
    RegExp | null,
  ])[] = [
    ['both', { nft, 'iptables-save': save }, 1, null],
    ['nft alone', { nft }, 0, null],
    ['nothing', {}, 0, /could not be read/],
    ['iptables alone', { 'iptables-save': save }, 1, /nftables/],
    ['rules of iptables that nft cannot print', { nft: foreign }, 0, /iptables-save/],
    [
      'the same of IPv6 where iptables prints those of IPv4',
      {
        nft: foreign.replace('"family":"ip","expr"', '"family":"ip6","expr"'),
        'iptables-save': save,
      },
      1,
      /iptables-save/,
    ],
    ['the same if iptables prints them', { nft: foreign, 'iptables-save': save }, 1, null],
    [
      'what is not understood',
      { nft, 'iptables-save': save.replace('10.0.0.2:2', '10.0.0.2-10.0.0.9') },
      0,
      /not understood/,
    ],
    ['an answer that is none', { nft: 'Error' }, 0, /could not be read/],
    ['nft without a table of iptables', { nft: nothing, 'iptables-save': save }, 0, null],
  ];
  it.each(cases)('%s', async (_, given, count, doubt) => {
    const firewall = await readFirewall(fakeProc({}), answers(given));
    expect(firewall.rules.length).toBe(count);
    if (doubt === null) expect(firewall.doubt).toBe(null);
    else expect(firewall.doubt).toMatch(doubt);
  });

  it('runs iptables-save only if there are rules for it', async () => {
    const runs: string[] = [];
    const running =
      (answer: string | null, names = {}) =>
      async () => {
        runs.length = 0;
        await readFirewall(fakeProc({ files: names }), async (program) => {
          runs.push(program);
          return program === 'nft' && answer !== null ? Buffer.from(answer) : null;
        });
        return runs;
      };
    expect(await running(nothing)()).toEqual(['nft']);
    expect(await running(nft)()).toEqual(['nft', 'iptables-save']);
    expect(await running(null)()).toEqual(['nft', 'iptables-save', 'ip6tables-save']);
    expect(await running(nothing, { 'net/ip6_tables_names': 'nat\n' })()).toEqual([
      'nft',
      'ip6tables-save',
      'ip6tables-legacy-save',
    ]);
  });

  it('asks for the older tables where they are there', async () => {
    const proc = fakeProc({ files: { 'net/ip_tables_names': 'filter\nnat\n' } });
    expect((await readFirewall(proc, answers({ nft }))).doubt).toMatch(/iptables-legacy-save/);
    const firewall = await readFirewall(proc, answers({ nft, 'iptables-legacy-save': save }));
    expect([firewall.rules.length, firewall.doubt]).toEqual([1, null]);
  });
});
