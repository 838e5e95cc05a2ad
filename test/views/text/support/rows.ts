import type { ReportRows } from '../../../../src/model/report/snapshot.ts';
import type { InetSocket, UnixSocket } from '../../../../src/model/socket/socket.ts';
import {
  counter,
  group,
  inetSocket,
  interfaceAddress,
  netInterface,
  owner,
  route,
  unixSocket,
} from '../../../support/builders.ts';

/** Text as someone who wants to be seen, or not seen, would choose it. */
export const hostile = '=cmd|\u001b[2J\u009b31m"a",b;\u202egnp\r\n\u007f\u2028\ud800 日本';

/** Every null-able field null and not, every optional field there and not. */
export const inetSockets: readonly InetSocket[] = [
  inetSocket(),
  inetSocket({
    local: { address: '192.0.2.7', port: 443, zone: null },
    remote: { address: '198.51.100.23', port: 50123, zone: null },
    state: 'ESTABLISHED',
    recvQueue: 17,
    sendQueue: 2896,
    timer: { kind: 'on', expiresIn: 1230, retransmits: 3, probes: 0 },
    uid: 33,
    inode: 99999999,
    owners: [
      owner(811, 'nginx: master', {
        commandLine: 'nginx: master process /usr/sbin/nginx -g daemon off;',
        executable: '/usr/sbin/nginx',
        fd: 6,
      }),
      owner(812, 'nginx; worker'),
    ],
  }),
  inetSocket({
    family: 'inet6',
    dualStack: true,
    local: { address: '::', port: 22, zone: null },
    remote: { address: '::', port: 0, zone: null },
    timer: null,
    uid: null,
    inode: null,
    owners: [],
    noOwner: 'denied',
  }),
  inetSocket({
    family: 'inet6',
    local: { address: '2001:db8:1234:5678:9abc:def0:1234:5678', port: 50000, zone: null },
    remote: { address: '::ffff:192.0.2.7', port: 443, zone: null },
    state: 'TIME_WAIT',
    timer: { kind: 'timewait', expiresIn: 59990, retransmits: 0, probes: 0 },
    inode: null,
    owners: [],
    noOwner: 'none',
  }),
  inetSocket({
    protocol: 'udp',
    family: 'inet6',
    local: { address: 'fe80::1', port: 546, zone: 'eth0' },
    remote: { address: '::', port: 0, zone: null },
    state: 'UNCONN',
    recvQueue: null,
    sendQueue: null,
    uid: 1000,
    owners: [owner(1, null, { fd: 0 })],
  }),
  inetSocket({
    local: { address: 'fe80::aede:48', port: 49152, zone: null, cut: true },
    remote: { address: '2001:db8::1', port: 443, zone: null },
    family: 'inet6',
    state: 'CLOSE_WAIT',
    owners: [],
    noOwner: 'unknown',
  }),
  inetSocket({
    protocol: 'sctp',
    local: { address: '10.0.0.1', port: 36412, zone: null },
    localAlternates: ['10.0.1.1'],
    remote: { address: '10.0.0.2', port: 40000, zone: null },
    remoteAlternates: ['10.0.1.2', '10.0.2.2'],
    state: 'ESTABLISHED',
    associationState: 'SHUTDOWN_PENDING',
    owners: [],
    noOwner: 'kernel',
  }),
  inetSocket({ protocol: 'raw', local: { address: '0.0.0.0', port: 1, zone: null }, state: null }),
  inetSocket({ protocol: 'udplite', state: 'UNKNOWN(77)' }),
  inetSocket({
    owners: [owner(4242, hostile, { commandLine: hostile, executable: hostile, fd: 3 })],
  }),
];

export const unixSockets: readonly UnixSocket[] = [
  unixSocket(),
  unixSocket({ type: 'DGRAM', state: 'UNCONNECTED', flags: 0, path: null, inode: null }),
  unixSocket({ type: 'RAW', refCount: null }),
  unixSocket({ type: 'SEQPACKET', state: 'CONNECTED', flags: 0x60000, path: '@/tmp/.X11-unix/X0' }),
  unixSocket({
    type: 'UNKNOWN(9)',
    state: 'UNKNOWN(8)',
    path: hostile,
    owners: [],
    noOwner: 'none',
  }),
  unixSocket({
    path: '/srv/a directory/with, commas/and "quotes"/control.socket',
    owners: [owner(77, 'dbus-daemon', { fd: 4 })],
  }),
];

/** Rows of every report. */
export const rows: { readonly [K in keyof ReportRows]: readonly ReportRows[K][] } = {
  sockets: [...inetSockets, ...unixSockets],
  routes: [
    route({ destination: '0.0.0.0', prefixLength: 0, metric: 100 }),
    route({
      destination: '192.0.2.7',
      prefixLength: 32,
      gateway: null,
      interface: null,
      flags: '!H',
      flagBits: 0x204,
      metric: null,
      refCount: null,
      useCount: null,
      mss: null,
      window: null,
      irtt: null,
    }),
    route({
      family: 'inet6',
      destination: '2001:db8:1::',
      prefixLength: 48,
      gateway: '2001:db8::1',
      source: { address: '2001:db8:2::', prefixLength: 64 },
      interface: 'wg0',
      metric: 1024,
      refCount: 1,
      useCount: 5123,
      mss: 1380,
      window: 65535,
      irtt: 300,
      mtu: 1420,
    }),
  ],
  interfaces: [
    netInterface('eth0', {
      index: 2,
      mtu: 1500,
      flags: ['UP', 'BROADCAST', 'RUNNING', 'MULTICAST'],
      flagBits: 4163,
      linkType: 'Ethernet',
      hardwareAddress: '02:00:5e:10:00:01',
      txQueueLength: 1000,
      collisions: 0n,
      multicast: 17n,
      compressedReceived: 0n,
      compressedSent: 0n,
      received: {
        bytes: 18446744073709551615n,
        packets: 123456789n,
        errors: 0n,
        dropped: 12n,
        overruns: 0n,
        frameOrCarrier: 0n,
      },
      sent: {
        bytes: 98765432n,
        packets: 654321n,
        errors: 1n,
        dropped: 0n,
        overruns: 0n,
        frameOrCarrier: 2n,
      },
      addresses: [
        interfaceAddress('192.0.2.7', 24, { broadcast: '192.0.2.255', label: 'eth0:1' }),
        interfaceAddress('fe80::5e10:1', 64, { scope: 'link' }),
      ],
    }),
    netInterface('tun;\u001b]0;x\u0007', {
      addresses: [interfaceAddress('10.8.0.1', 32, { peer: '10.8.0.2' })],
    }),
  ],
  groups: [
    group('lo', '224.0.0.1', 1),
    group('eth0', 'ff02::1:ff10:1', 3),
    group('en0', 'ff02::fb', null),
  ],
  statistics: [
    counter('Tcp', 'InSegs', 9007199254740993n, { meaning: 'segments received' }),
    counter('Tcp', 'CurrEstab', 12, {
      kind: 'gauge',
      meaning: 'connections that are open now, be it that one side has begun to close or not',
    }),
    counter('TcpExt', 'TCPBrandNew', 0, { meaning: null }),
  ],
};
