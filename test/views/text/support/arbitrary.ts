import fc from 'fast-check';
import type { Endpoint } from '../../../../src/model/address/endpoint.ts';
import { canonicalAddress } from '../../../../src/model/address/read.ts';
import type { Counter } from '../../../../src/model/machine/counter.ts';
import type {
  InterfaceAddress,
  NetInterface,
  Traffic,
} from '../../../../src/model/machine/interface.ts';
import type { Group } from '../../../../src/model/machine/multicast-group.ts';
import type { Netns } from '../../../../src/model/machine/netns.ts';
import type { Route } from '../../../../src/model/machine/route.ts';
import { allProtocols, inetProtocols } from '../../../../src/model/protocol.ts';
import type {
  ReportKind,
  ReportRows,
  WarnedTable,
  Warning,
} from '../../../../src/model/report/snapshot.ts';
import {
  type Exposure,
  exposureKinds,
  type PublishedPort,
} from '../../../../src/model/socket/exposure.ts';
import type { AcceptQueue, SocketMemory, TcpRates } from '../../../../src/model/socket/info.ts';
import type { Owner, ParentProcess } from '../../../../src/model/socket/owner.ts';
import type { Peer } from '../../../../src/model/socket/peer.ts';
import type { InetSocket, Timer, UnixSocket } from '../../../../src/model/socket/socket.ts';
import type { TcpInfo, TcpOptions } from '../../../../src/model/socket/tcp-info.ts';
import {
  noWorkloads,
  type Workload,
  workloadKinds,
} from '../../../../src/model/socket/workload.ts';
import { statesOf } from '../../../support/states-of.ts';

/** Any text, half of it made of what terminals, CSV and JSON care about. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom(
      ...['\u001b', '\u009b', '\u007f', '\u0000', '\r', '\n', '\t', '\u2028', '\u202e', '\ud800'],
      ...['"', ',', ';', '\\', '=', '@', '[', ' ', 'a', '日', '👩', '\u0301', '\u200d', '|'],
    ),
  }),
);
const nat = fc.nat();
const port = fc.nat(65535);
const family = fc.constantFrom('inet', 'inet6');
const address = fc.oneof(fc.ipV4(), fc.ipV6()).map((any) => canonicalAddress(any) ?? '::');
const prefixLength = fc.nat(128);
const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const unknown = nat.map((code) => `UNKNOWN(${code})` as const);

/** Fields of the model's types, each with a value of its own type: the compiler holds this complete. */
type Fields<T> = { [K in keyof T]-?: fc.Arbitrary<Exclude<T[K], undefined>> };

function record<T>(fields: Fields<T>, optional: readonly (keyof T)[] = []): fc.Arbitrary<T> {
  const requiredKeys = (Object.keys(fields) as (keyof T)[]).filter(
    (key) => !optional.includes(key),
  );
  return fc.record(fields as never, {
    requiredKeys: requiredKeys as never,
    noNullPrototype: true,
  }) as fc.Arbitrary<T>;
}

const endpoint = record<Endpoint>({ address, port, zone: orNull(text), cut: fc.constant(true) }, [
  'cut',
]);

const owner = record<Owner>(
  {
    pid: nat,
    program: orNull(text),
    commandLine: orNull(text),
    commandTruncated: fc.constant(true),
    executable: orNull(text),
    fd: orNull(nat),
    startedAt: orNull(
      fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
        .map((date) => date.toISOString()),
    ),
    executableDeleted: orNull(fc.boolean()),
    uid: orNull(nat),
    parents: orNull(fc.array(record<ParentProcess>({ pid: nat, name: orNull(text) }))),
  },
  ['commandTruncated', 'startedAt', 'executableDeleted', 'uid', 'parents'],
);

const reason = fc.constantFrom('denied', 'none', 'kernel', 'unknown', null);

const workload = record<Workload>(
  {
    kind: fc.constantFrom(...workloadKinds),
    runtime: fc.constantFrom('docker', 'podman', 'systemd', 'windows', null),
    ...{ name: orNull(text), id: orNull(text), namespace: orNull(text), podUid: orNull(text) },
    ...{ container: orNull(text), image: orNull(text), unit: orNull(text), user: nat },
    within: text,
  },
  ['user', 'within'],
);

const netns = record<Netns>({ inode: orNull(nat), name: orNull(text), own: fc.boolean() });
const host = text;
const held = {
  netns,
  host,
  inode: orNull(nat),
  owners: orNull(fc.array(owner, { maxLength: 4 })),
  noOwner: reason,
  peer: orNull(
    record<Peer>(
      {
        inode: orNull(nat),
        owners: fc.array(owner, { maxLength: 4 }),
        noOwner: reason,
        workload: orNull(workload),
        noWorkload: orNull(fc.constantFrom(...noWorkloads)),
      },
      ['workload', 'noWorkload'],
    ),
  ),
  workload: orNull(workload),
  workloads: fc.array(workload, { maxLength: 3 }),
  noWorkload: fc.constantFrom('denied', 'none', 'unknown', null),
  cgroup: orNull(text),
  exposure: orNull(
    record<Exposure>(
      {
        kind: fc.constantFrom(...exposureKinds),
        published: fc.array(
          record<PublishedPort>({
            protocol: fc.constantFrom('tcp', 'udp', 'sctp'),
            ...{ hostAddress: orNull(address), hostPort: port, address, port },
            workload: orNull(text),
          }),
          { maxLength: 2 },
        ),
        reason: orNull(text),
        workloads: fc.array(workload, { maxLength: 2 }),
      },
      ['workloads'],
    ),
  ),
} as const;
const workloadFields = ['workload', 'workloads', 'noWorkload', 'cgroup', 'exposure'] as const;

const timer = record<Timer>({
  kind: fc.oneof(
    fc.constantFrom('off', 'on', 'keepalive', 'timewait', 'probe'),
    nat.map((code) => `unknown(${code})` as const),
  ),
  expiresIn: nat,
  retransmits: nat,
  probes: nat,
});

const whole = orNull(nat);
const bytes = orNull(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const time = orNull(nat.map((microseconds) => microseconds / 1000));
const tcpInfo = record<TcpInfo>({
  ...{ rtt: time, rttVar: time, minRtt: time, rto: time, busy: time, rwndLimited: time },
  ...{ sndbufLimited: time, lastSent: time, lastReceived: time },
  ...{ cwnd: whole, ssthresh: whole, mss: whole, pmtu: whole, unacked: whole, lost: whole },
  ...{ retransmitting: whole, retransmitted: whole, duplicates: whole, notSent: whole },
  ...{ deliveryRate: whole, pacingRate: whole },
  ...{ bytesSent: bytes, bytesAcked: bytes, bytesReceived: bytes, bytesRetransmitted: bytes },
  congestionControl: orNull(text),
  options: orNull(
    record<TcpOptions>({
      ...{ timestamps: fc.boolean(), sack: fc.boolean(), ecn: fc.boolean() },
      sendWindowScale: orNull(fc.integer({ min: 0, max: 15 })),
      receiveWindowScale: orNull(fc.integer({ min: 0, max: 15 })),
    }),
  ),
});

/** What a kernel tells of any socket on request. */
const socketInfo = {
  acceptQueue: orNull(record<AcceptQueue>({ length: nat, limit: whole })),
  ...{ drops: whole, mark: whole, cookie: bytes, device: orNull(text) },
  memory: orNull(
    record<SocketMemory>({
      ...{ receive: nat, receiveLimit: nat, send: nat, sendLimit: nat },
      ...{ forward: nat, queued: nat, options: nat, backlog: nat },
    }),
  ),
};
const infoKeys = ['acceptQueue', 'drops', 'memory', 'mark', 'cookie', 'device'] as const;

const inetSocket = record<InetSocket>(
  {
    protocol: fc.constantFrom(...inetProtocols),
    family,
    dualStack: fc.constant(true),
    local: endpoint,
    remote: endpoint,
    localAlternates: fc.array(address, { maxLength: 3 }),
    remoteAlternates: fc.array(address, { maxLength: 3 }),
    state: orNull(
      fc.oneof(fc.constantFrom(...statesOf('tcp'), 'BOUND', 'DELETE_TCB', 'UNCONN'), unknown),
    ),
    associationState: fc.oneof(fc.constantFrom(...statesOf('sctp')), unknown),
    recvQueue: orNull(nat),
    sendQueue: orNull(nat),
    timer: orNull(timer),
    uid: orNull(nat),
    tcpInfo: orNull(tcpInfo),
    rates: orNull(record<TcpRates>({ sent: whole, received: whole })),
    createdAt: orNull(fc.nat().map((seconds) => new Date(seconds * 1000).toISOString())),
    ...socketInfo,
    ...held,
  },
  [
    ...(['dualStack', 'localAlternates', 'remoteAlternates', 'associationState'] as const),
    ...(['tcpInfo', 'rates', 'createdAt', 'peer', 'netns', 'host'] as const),
    ...workloadFields,
    ...infoKeys,
  ],
);

const unixSocket = record<UnixSocket>(
  {
    protocol: fc.constant('unix'),
    family: fc.constant('unix'),
    type: fc.oneof(fc.constantFrom('STREAM', 'DGRAM', 'RAW', 'RDM', 'SEQPACKET'), unknown),
    state: fc.oneof(
      fc.constantFrom(
        ...([
          'FREE',
          'UNCONNECTED',
          'CONNECTING',
          'CONNECTED',
          'DISCONNECTING',
          'LISTENING',
        ] as const),
      ),
      unknown,
    ),
    refCount: orNull(nat),
    flags: nat,
    path: orNull(text),
    ...{ recvQueue: whole, sendQueue: whole },
    ...socketInfo,
    ...held,
  },
  ['recvQueue', 'sendQueue', 'peer', 'netns', 'host', ...workloadFields, ...infoKeys],
);

const route = record<Route>(
  {
    netns,
    host,
    family,
    destination: address,
    prefixLength,
    gateway: orNull(address),
    source: orNull(record<NonNullable<Route['source']>>({ address, prefixLength })),
    interface: orNull(text),
    flags: fc.constantFrom('U', 'UG', '!H'),
    flagBits: nat,
    metric: orNull(nat),
    refCount: orNull(nat),
    useCount: orNull(nat),
    mss: orNull(nat),
    window: orNull(nat),
    irtt: orNull(nat),
    mtu: orNull(nat),
  },
  ['netns', 'host'],
);

const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const traffic = record<Traffic>({
  bytes: orNull(count),
  packets: orNull(count),
  errors: orNull(count),
  dropped: orNull(count),
  overruns: orNull(count),
  frameOrCarrier: orNull(count),
});

const interfaceAddress = record<InterfaceAddress>(
  {
    family,
    address,
    prefixLength,
    broadcast: orNull(fc.ipV4()),
    peer: orNull(fc.ipV4()),
    scope: fc.constantFrom('host', 'link', 'site', 'global', 'compat', null),
    label: text,
    untold: fc.subarray(['broadcast', 'peer']),
  },
  ['label', 'untold'],
);

const netInterface = record<NetInterface>(
  {
    netns,
    host,
    name: text,
    index: orNull(nat),
    mtu: orNull(nat),
    flags: orNull(fc.subarray(['UP', 'BROADCAST', 'LOOPBACK', 'RUNNING'])),
    flagBits: orNull(nat),
    linkType: orNull(text),
    hardwareAddress: orNull(fc.constant('02:00:5e:10:00:01')),
    txQueueLength: orNull(nat),
    collisions: orNull(count),
    multicast: orNull(count),
    compressedReceived: orNull(count),
    compressedSent: orNull(count),
    received: traffic,
    sent: traffic,
    addresses: fc.array(interfaceAddress, { maxLength: 3 }),
  },
  ['netns', 'host'],
);

const group = record<Group>(
  { family, interface: text, group: address, refCount: orNull(nat), netns, host },
  ['netns', 'host'],
);

const counter = record<Counter>(
  {
    netns,
    host,
    group: text,
    name: text,
    value: fc.oneof(count, fc.constant(-1n)),
    kind: fc.constantFrom('count', 'gauge'),
    meaning: orNull(text),
    rate: orNull(fc.nat().map((hundredths) => hundredths / 100)),
  },
  ['netns', 'host', 'rate'],
);

/** One row of each report. */
export const rowOf: { readonly [K in ReportKind]: fc.Arbitrary<ReportRows[K]> } = {
  sockets: fc.oneof(inetSocket, unixSocket),
  routes: route,
  interfaces: netInterface,
  groups: group,
  statistics: counter,
};

export const reportKinds = Object.keys(rowOf) as ReportKind[];

/** A report of any kind, with some rows. */
export const report: fc.Arbitrary<{
  readonly kind: ReportKind;
  readonly rows: readonly ReportRows[ReportKind][];
}> = fc
  .constantFrom(...reportKinds)
  .chain((kind) =>
    fc
      .array(rowOf[kind] as fc.Arbitrary<ReportRows[ReportKind]>, { maxLength: 6 })
      .map((rows) => ({ kind, rows })),
  );

export const warning = record<Warning>(
  {
    code: fc.constantFrom('absent', 'forbidden', 'empty', 'malformed', 'owners-denied', 'cut'),
    message: text,
    source: orNull(text),
    host,
    subjects: fc.array(text, { maxLength: 3 }),
    tables: fc.array(
      record<WarnedTable>(
        { protocol: fc.constantFrom(...allProtocols), family: fc.constantFrom('inet', 'inet6') },
        ['protocol', 'family'],
      ),
      { maxLength: 3 },
    ),
  },
  ['host', 'subjects', 'tables'],
);

/** No character of these may reach a terminal, in whatever format. */
export const unsafeCharacter = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
