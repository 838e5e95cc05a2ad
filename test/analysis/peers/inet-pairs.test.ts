import { describe, expect, it } from 'vitest';
import {
  dependsOnAddresses,
  otherEnds,
  type WhyUnknown,
} from '../../../src/analysis/peers/inet-pairs.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { OwnAddress } from '../../../src/model/machine/own-address.ts';
import { keepDevice } from '../../../src/model/socket/device.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { keepV6only } from '../../../src/model/socket/v6only.ts';
import { inet, unix } from '../../support/builders.ts';

/** Sockets by a name, so that a case can say which of them is at the other end. */
type Table = Readonly<Record<string, Socket>>;

const tcp = inet;
const udp = (local: string, remote: string, changes: Partial<InetSocket> = {}) =>
  inet(local, remote, { protocol: 'udp', ...changes });
/** A link-local connection, each end on a link. */
const linked = (local: string, here: string | null, remote: string, there: string | null) => {
  const socket = inet(local, remote);
  return {
    ...socket,
    local: { ...socket.local, zone: here },
    remote: { ...socket.remote, zone: there },
  };
};

/** One that its program keeps to IPv6, or does not. */
function v6only(socket: InetSocket, isOnly: boolean): InetSocket {
  keepV6only(socket, Buffer.of(isOnly ? 1 : 0));
  return socket;
}

/** One that is bound to the interface of this number. */
function on(index: number, socket: InetSocket): InetSocket {
  keepDevice(socket, { index, name: `eth${index}` });
  return socket;
}

/** The names of the sockets at the other end of the first; a word: why nothing tells whether there is any. */
function endsOfFirst(
  table: Table,
  others: readonly OwnAddress[] = [],
): readonly string[] | WhyUnknown {
  const names = Object.keys(table);
  const [first] = Object.values(table);
  const found = otherEnds(Object.values(table), () => others)(first as InetSocket);
  if (typeof found === 'string') return found;
  return names.filter((name) => found.includes(table[name] as InetSocket));
}

describe('the other end of a connection', () => {
  const client = tcp('127.0.0.1:40000', '127.0.0.1:80');
  const server = tcp('127.0.0.1:80', '127.0.0.1:40000');
  it.each<[string, Table, readonly string[]]>([
    ['has the same ends, swapped', { client, server }, ['server']],
    ['is found from either side', { server, client }, ['client']],
    ['is not in the table where it is elsewhere', { client }, []],
    ['is not the listener', { client, listener: tcp('127.0.0.1:80', '0.0.0.0') }, []],
    ['is none of a listener', { listener: tcp('0.0.0.0:80', '0.0.0.0'), client, server }, []],
    ['is of the same protocol', { client, other: udp('127.0.0.1:80', '127.0.0.1:40000') }, []],
    [
      'has the same port',
      {
        client,
        later: tcp('127.0.0.1:80', '127.0.0.1:40001'),
        other: tcp('127.0.0.1:81', '127.0.0.1:40000'),
      },
      [],
    ],
    [
      'has the same address',
      {
        client,
        other: tcp('127.0.0.2:80', '127.0.0.1:40000'),
        another: tcp('127.0.0.1:80', '127.0.0.2:40000'),
      },
      [],
    ],
    [
      'is in the other table where its addresses are mapped',
      { client, server: tcp('[::ffff:127.0.0.1]:80', '[::ffff:127.0.0.1]:40000') },
      ['server'],
    ],
    [
      'is in the other table where its own are mapped',
      { client: tcp('[::ffff:127.0.0.1]:40000', '[::ffff:127.0.0.1]:80'), server },
      ['server'],
    ],
    [
      'is of the own address',
      {
        client: tcp('192.0.2.1:40000', '192.0.2.1:80'),
        server: tcp('192.0.2.1:80', '192.0.2.1:40000'),
      },
      ['server'],
    ],
    [
      'is of IPv6',
      { client: tcp('[::1]:40000', '[::1]:80'), server: tcp('[::1]:80', '[::1]:40000') },
      ['server'],
    ],
    [
      'is itself where it is connected with itself',
      { self: tcp('127.0.0.1:80', '127.0.0.1:80') },
      ['self'],
    ],
    [
      'is not accepted yet, or half open',
      { client, half: { ...server, state: 'SYN_RECV', inode: null } },
      ['half'],
    ],
    ['is closed', { client, old: { ...server, state: 'TIME_WAIT', inode: null } }, ['old']],
    [
      'is the one that is not in TIME_WAIT of two',
      { client, old: { ...server, state: 'TIME_WAIT', inode: null }, server },
      ['server'],
    ],
    [
      'is null if it may be either of two that nothing distinguishes',
      { client, server, same: { ...server } },
      ['server', 'same'],
    ],
    ['is none of a UNIX socket', { client, unix: unix('127.0.0.1:80') }, []],
    [
      'is of the same link',
      {
        client: linked('[fe80::1]:40000', 'eth0', '[fe80::2]:80', 'eth0'),
        server: linked('[fe80::2]:80', 'eth0', '[fe80::1]:40000', 'eth0'),
        other: linked('[fe80::2]:80', 'eth1', '[fe80::1]:40000', 'eth1'),
      },
      ['server'],
    ],
    [
      'may be of any link if the platform reports none',
      {
        client: linked('[fe80::1]:40000', null, '[fe80::2]:80', null),
        server: linked('[fe80::2]:80', 'eth0', '[fe80::1]:40000', 'eth0'),
      },
      ['server'],
    ],
    [
      'is unknown if an address is shortened',
      {
        client: { ...client, remote: { ...client.remote, cut: true } },
        server: { ...server, local: { ...server.local, cut: true } },
      },
      [],
    ],
    [
      'is none of a raw socket, which has no port',
      {
        ping: inet('127.0.0.1:1', '127.0.0.1:1', { protocol: 'raw' }),
        other: inet('127.0.0.1:1', '127.0.0.1:1', { protocol: 'raw' }),
      },
      [],
    ],
    [
      'of SCTP has any of its addresses',
      {
        client: inet('127.0.0.1:40000', '127.0.0.2:80', {
          protocol: 'sctp',
          remoteAlternates: ['127.0.0.3'],
        }),
        server: inet('127.0.0.3:80', '127.0.0.1:40000', {
          protocol: 'sctp',
          localAlternates: ['127.0.0.2'],
        }),
      },
      ['server'],
    ],
  ])('%s', (_, table, expected) => {
    expect(endsOfFirst(table)).toEqual(expected);
  });
});

describe('who receives what a connected UDP socket sends', () => {
  const client = udp('127.0.0.1:40000', '127.0.0.1:53');
  const server = udp('127.0.0.1:53', '0.0.0.0');
  const any = udp('0.0.0.0:53', '0.0.0.0');
  const any6 = udp('[::]:53', '[::]');
  const connected = udp('127.0.0.1:53', '127.0.0.1:40000');
  it.each<[string, Table, readonly string[] | WhyUnknown]>([
    [
      'who is connected back, before all others',
      { client, server, any, any6, connected },
      ['connected'],
    ],
    ['who is bound to the address, before those of any', { client, any, any6, server }, ['server']],
    ['nobody knows whom, where a server may keep to IPv6', { client, any6 }, 'families'],
    [
      'nor where one of several may',
      { client, any6, both: v6only({ ...any6 }, false) },
      'families',
    ],
    ['a server of both families', { client, both: v6only({ ...any6 }, false) }, ['both']],
    [
      'not a server that its program keeps to IPv6',
      { client, only: v6only({ ...any6 }, true) },
      [],
    ],
    [
      'the one of two that takes IPv4',
      { client, only: v6only({ ...any6 }, true), both: v6only({ ...any6 }, false) },
      ['both'],
    ],
    [
      'who is bound to any address of IPv4, whatever one of IPv6 takes',
      { client, any, any6 },
      ['any'],
    ],
    [
      'a server of the mapped address',
      { client, server: udp('[::ffff:127.0.0.1]:53', '[::]'), any },
      ['server'],
    ],
    [
      'one of IPv4 before a mapped one',
      { client, mapped: udp('[::ffff:127.0.0.1]:53', '[::]'), server },
      ['server'],
    ],
    [
      'a server of the mapped any address',
      { client, any: udp('[::ffff:0.0.0.0]:53', '[::]') },
      ['any'],
    ],
    [
      'not a server of IPv6 alone, if the platform distinguishes these',
      { client, any6, both: udp('[::]:54', '[::]', { dualStack: true }) },
      [],
    ],
    [
      'a server that the platform says takes both',
      { client, any6: udp('[::]:53', '[::]', { dualStack: true }) },
      ['any6'],
    ],
    ['nobody at another port', { client, other: udp('0.0.0.0:54', '0.0.0.0') }, []],
    [
      'nobody who is connected elsewhere',
      { client, other: udp('127.0.0.1:53', '127.0.0.1:40001') },
      [],
    ],
    [
      'nobody of UDP-Lite',
      { client, other: inet('0.0.0.0:53', '0.0.0.0', { protocol: 'udplite' }) },
      [],
    ],
    ['nobody of TCP', { client, other: tcp('0.0.0.0:53', '0.0.0.0') }, []],
    [
      'nobody who takes from another address only, though from any port of it',
      { client, other: udp('127.0.0.1:53', '127.0.0.9:0') },
      [],
    ],
    [
      'who takes from that address only, before who takes from all',
      { client, server, own: udp('127.0.0.1:53', '127.0.0.1:0') },
      ['own'],
    ],
    [
      'behind one that takes from another address only',
      { client, other: udp('127.0.0.1:53', '127.0.0.9:0'), any },
      ['any'],
    ],
    [
      'each of several that share the port',
      { client, server, second: { ...server } },
      ['server', 'second'],
    ],
    [
      'none in particular for a server',
      { server, client, other: udp('127.0.0.1:40001', '127.0.0.1:53') },
      [],
    ],
    ['the server of IPv6', { client: udp('[::1]:40000', '[::1]:53'), any6, any }, ['any6']],
    [
      'not a server of any address where the other end is another machine',
      { client: udp('192.0.2.1:40000', '198.51.100.7:53'), any, any6 },
      [],
    ],
    [
      'one of any address where the other end is the own',
      { client: udp('192.0.2.1:40000', '192.0.2.1:53'), any },
      ['any'],
    ],
    [
      'one of any address where another socket is bound to that address',
      {
        client: udp('192.0.2.1:40000', '192.0.2.2:53'),
        any,
        ssh: tcp('192.0.2.2:22', '203.0.113.9:5'),
      },
      ['any'],
    ],
    [
      'nobody of a group, who may be anywhere',
      {
        client: udp('192.0.2.1:40000', '224.0.0.251:5353'),
        group: udp('224.0.0.251:5353', '0.0.0.0'),
      },
      [],
    ],
    [
      'nobody of a group of IPv6',
      { client: udp('[::1]:40000', '[ff02::fb]:5353'), group: udp('[ff02::fb]:5353', '[::]') },
      [],
    ],
    [
      'nobody of a broadcast',
      {
        client: udp('192.0.2.1:40000', '255.255.255.255:67'),
        group: udp('255.255.255.255:67', '0.0.0.0'),
      },
      [],
    ],
    [
      'a server on the same link',
      {
        client: { ...linked('[fe80::1]:40000', 'eth0', '[fe80::2]:53', 'eth0'), protocol: 'udp' },
        other: { ...linked('[fe80::2]:53', 'eth1', '[::]', null), protocol: 'udp' },
        server: { ...linked('[fe80::2]:53', 'eth0', '[::]', null), protocol: 'udp' },
      },
      ['server'],
    ],
  ])('%s', (_, table, expected) => {
    expect(endsOfFirst(table)).toEqual(expected);
  });
});

describe('who receives what a UDP socket sends, of those that are bound to interfaces', () => {
  const client = udp('127.0.0.1:40000', '127.0.0.1:53');
  const far = udp('192.0.2.1:40000', '192.0.2.1:53');
  const any = udp('0.0.0.0:53', '0.0.0.0');
  const lo = on(1, { ...any });
  const eth = on(2, { ...any });
  const eth3 = on(3, { ...any });
  const both = v6only(udp('[::]:53', '[::]'), false);
  it.each<[string, Table, readonly string[] | WhyUnknown]>([
    ['what is sent to loopback comes by that', { client, eth, lo }, ['lo']],
    [
      'unless the sender is bound to another: then it leaves',
      { client: on(2, { ...client }), any },
      [],
    ],
    [
      'what a sender that is bound to one sends to its own address',
      { far: on(2, { ...far }), any },
      ['any'],
    ],
    [
      'and, if it is unknown which interface has the address, perhaps nobody',
      {
        far: on(2, udp('192.0.2.1:40000', '192.0.2.2:53')),
        server: udp('192.0.2.2:53', '0.0.0.0'),
      },
      'interface',
    ],
    [
      'but whoever is bound to the same',
      {
        far: on(2, udp('192.0.2.1:40000', '192.0.2.2:53')),
        server: on(2, udp('192.0.2.2:53', '0.0.0.0')),
      },
      ['server'],
    ],
    ['and to nobody else who is bound to one', { client, eth }, []],
    ['before who is bound to none', { client, any, lo }, ['lo']],
    ['else to who is bound to none', { client, any, eth }, ['any']],
    [
      'before who has the address by another',
      { client, any, local: on(2, udp('127.0.0.1:53', '0.0.0.0')) },
      ['any'],
    ],
    [
      'one of both families before one of IPv4',
      { client, any, both: on(1, { ...both }) },
      ['both'],
    ],
    ['one of IPv4 before one of both families', { client, lo, both: on(1, { ...both }) }, ['lo']],
    ['one of both families, by loopback', { client, both: on(1, { ...both }) }, ['both']],
    ['and not by another', { client, both: on(2, { ...both }) }, []],
    [
      'IPv6',
      { client: udp('[::1]:40000', '[::1]:53'), both: on(2, { ...both }), lo: on(1, { ...both }) },
      ['lo'],
    ],
    ['whose an own address is, is not known', { far, eth }, 'interface'],
    ['nor which of several', { far, eth, eth3 }, 'interface'],
    ['but that one of these receives', { far, any, eth }, ['any', 'eth']],
    ['by the interface of the sender', { far: on(3, { ...far }), any, eth, eth3 }, ['eth3']],
    [
      'a server on the same link',
      {
        client: on(2, udp('[fe80::1]:40000', '[fe80::1]:53')),
        other: on(3, udp('[fe80::1]:53', '[::]')),
        server: on(2, udp('[fe80::1]:53', '[::]')),
      },
      ['server'],
    ],
    [
      'who is connected back, whoever has the address',
      { far, back: on(2, udp('192.0.2.1:53', '192.0.2.1:40000')), any },
      ['back'],
    ],
    [
      'who is connected back, by loopback',
      {
        client,
        eth: on(2, udp('127.0.0.1:53', '127.0.0.1:40000')),
        lo: on(1, udp('127.0.0.1:53', '127.0.0.1:40000')),
      },
      ['lo'],
    ],
    [
      'a server, where who is connected back has another interface',
      { client, back: on(2, udp('127.0.0.1:53', '127.0.0.1:40000')), any },
      ['any'],
    ],
  ])('%s', (_, table, expected) => {
    expect(endsOfFirst(table)).toEqual(expected);
  });
});

describe('with several network namespaces the other end', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name, i) => ({ inode: i, name, own: false }));
  const of = (netns: typeof a, socket: InetSocket) =>
    netns === undefined ? socket : { ...socket, netns };
  const client = tcp('192.0.2.1:40000', '192.0.2.2:80');
  const server = tcp('192.0.2.2:80', '192.0.2.1:40000');
  const loopback = tcp('127.0.0.1:40000', '127.0.0.1:80');
  const listener = tcp('127.0.0.1:80', '127.0.0.1:40000');
  const asker = udp('192.0.2.1:41000', '192.0.2.2:53');
  it.each<[string, Table, readonly string[] | WhyUnknown]>([
    ['is in another', { client: of(a, client), server: of(b, server) }, ['server']],
    [
      'is in the own one before others',
      { client: of(a, client), other: of(b, server), server: of(a, server) },
      ['server'],
    ],
    [
      'is null if two have the same addresses',
      { client: of(a, client), one: of(b, server), other: of(c, server) },
      [],
    ],
    [
      'is the one that is not over',
      {
        client: of(a, client),
        old: of(c, { ...server, state: 'TIME_WAIT' }),
        server: of(b, server),
      },
      ['server'],
    ],
    ['of loopback is in no other', { client: of(a, loopback), server: of(b, listener) }, []],
    [
      'of loopback is in the own one, whoever has the same addresses',
      { client: of(a, loopback), other: of(b, listener), server: of(a, listener) },
      ['server'],
    ],
    [
      'of an own address is in no other',
      {
        client: of(a, tcp('192.0.2.1:40000', '192.0.2.1:80')),
        server: of(b, tcp('192.0.2.1:80', '192.0.2.1:40000')),
      },
      [],
    ],
    [
      'is found over a link that has another name there',
      {
        client: of(a, linked('[fe80::1]:40000', 'eth0', '[fe80::2]:80', 'eth0')),
        server: of(b, linked('[fe80::2]:80', 'veth7', '[fe80::1]:40000', 'veth7')),
      },
      ['server'],
    ],
    [
      'is a UDP server of that address',
      { client: of(a, asker), server: of(b, udp('192.0.2.2:53', '0.0.0.0')) },
      ['server'],
    ],
    [
      'is a UDP server of any address where the address is',
      {
        client: of(a, asker),
        server: of(b, udp('0.0.0.0:53', '0.0.0.0')),
        there: of(b, tcp('192.0.2.2:80', '0.0.0.0')),
        other: of(c, udp('0.0.0.0:53', '0.0.0.0')),
      },
      ['server'],
    ],
    [
      'is not known where a server there has an interface, of which numbers are its own',
      {
        client: of(a, on(2, { ...asker })),
        server: of(b, on(2, udp('0.0.0.0:53', '0.0.0.0'))),
        there: of(b, tcp('192.0.2.2:80', '0.0.0.0')),
      },
      'interface',
    ],
    [
      'is not known where a server there may keep to IPv6',
      {
        client: of(a, asker),
        server: of(b, udp('[::]:53', '[::]')),
        there: of(b, tcp('192.0.2.2:80', '0.0.0.0')),
      },
      'families',
    ],
  ])('%s', (_, table, expected) => {
    expect(endsOfFirst(table)).toEqual(expected);
  });
});

describe('with the addresses of the machine the other end', () => {
  const [a, b, c] = [1, 2, 3].map((inode) => ({ inode, name: null, own: inode === 1 })) as [
    Netns,
    Netns,
    Netns,
  ];
  const hidden: Netns = { inode: null, name: null, own: false };
  const of = (netns: Netns, socket: InetSocket) => ({ ...socket, netns });
  /** Those of another answer name the namespace by another object. */
  const at = ({ ...netns }: Netns, address: string): OwnAddress => ({ address, netns });
  const asker = udp('192.0.2.1:41000', '192.0.2.2:53');
  const any = udp('0.0.0.0:53', '0.0.0.0');
  const any6 = udp('[::]:53', '[::]');
  it.each<[string, Table, readonly OwnAddress[], readonly string[]]>([
    ['is a server of any address', { asker, any }, [{ address: '192.0.2.2' }], ['any']],
    ['is elsewhere if the address is', { asker, any }, [{ address: '192.0.2.3' }], []],
    [
      'is a server of IPv6',
      { asker: udp('[2001:db8::1]:41000', '[2001:db8::2]:53'), any6 },
      [{ address: '2001:db8::2' }],
      ['any6'],
    ],
    [
      'is the server where the address is',
      { asker: of(a, asker), here: of(a, any), there: of(b, any), other: of(c, any) },
      [at(a, '192.0.2.1'), at(b, '192.0.2.2')],
      ['there'],
    ],
    [
      'is null if two namespaces have the address',
      { asker: of(a, asker), one: of(b, any), other: of(c, any) },
      [at(b, '192.0.2.2'), at(c, '192.0.2.2')],
      [],
    ],
    [
      'is not in another namespace if the own one has the address',
      { asker: of(a, asker), there: of(b, udp('192.0.2.2:53', '0.0.0.0')) },
      [at(a, '192.0.2.2'), at(b, '192.0.2.2')],
      [],
    ],
    [
      'is not known in a namespace that cannot be told from others',
      { asker: of(a, asker), there: of(hidden, any) },
      [at(hidden, '192.0.2.2')],
      [],
    ],
  ])('%s', (_, table, others, expected) => {
    expect(endsOfFirst(table, others)).toEqual(expected);
    if (expected.length > 0) expect(dependsOnAddresses(Object.values(table))).toBe(true);
  });

  it.each<[string, Table]>([
    ['without a server at that port', { asker, other: udp('0.0.0.0:54', '0.0.0.0') }],
    ['over loopback', { asker: udp('127.0.0.1:41000', '127.0.0.1:53'), any }],
    ['with the own address', { asker: udp('192.0.2.2:41000', '192.0.2.2:53'), any }],
    ['of a group', { asker: udp('192.0.2.2:41000', '224.0.0.251:53'), any }],
    [
      'of TCP',
      { asker: tcp('192.0.2.1:41000', '192.0.2.2:53'), any: tcp('0.0.0.0:53', '0.0.0.0') },
    ],
  ])('does not depend on them %s', (_, table) => {
    expect(dependsOnAddresses(Object.values(table))).toBe(false);
  });
});
