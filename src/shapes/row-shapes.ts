import type { Endpoint } from '../model/address/endpoint.ts';
import { canonicalAddress } from '../model/address/read.ts';
import type { Counter } from '../model/machine/counter.ts';
import type { InterfaceAddress, NetInterface, Traffic } from '../model/machine/interface.ts';
import type { Group } from '../model/machine/multicast-group.ts';
import type { Netns } from '../model/machine/netns.ts';
import type { Route } from '../model/machine/route.ts';
import { inetProtocols } from '../model/protocol.ts';
import type { ReportKind, WarnedTable, Warning } from '../model/report/snapshot.ts';
import type { Exposure, PublishedPort } from '../model/socket/exposure.ts';
import type { AcceptQueue, SocketMemory, TcpRates } from '../model/socket/info.ts';
import type { Owner, ParentProcess } from '../model/socket/owner.ts';
import type { Peer } from '../model/socket/peer.ts';
import {
  type InetSocket,
  type Timer,
  timerKinds,
  type UnixSocket,
  unixTypes,
} from '../model/socket/socket.ts';
import type { TcpInfo, TcpOptions } from '../model/socket/tcp-info.ts';
import { type Workload, workloadKinds } from '../model/socket/workload.ts';
import { exactFields } from './exact-numbers.ts';
import {
  coded,
  count,
  counter,
  counterOrNull,
  each,
  listOf,
  type Misfit,
  nullable,
  number,
  objectOf,
  oneOf,
  optional,
  port,
  type Shape,
  shapeOf,
  text,
  whole,
  word,
  yesOrNo,
} from './shape.ts';

/**
 * The rows of answers, as `model/` defines them and schema/tsnetstat.schema.json describes them. Where the model
 * has a closed list of words, a later version may have more: any word is accepted unless the program makes a
 * decision by it. What netstat's layout prints verbatim (addresses, states, types, timers) must have the form that
 * it has in the model.
 */

const textOrNull = nullable(text);
const countOrNull = nullable(count);
const wordOrNull = nullable(word);
const numberOrNull = nullable(number);
const family = oneOf(['inet', 'inet6']);
const isTrue = shapeOf('true', (value) => value === true);

/** In the model's own spelling. */
const address = shapeOf(
  'an IP address',
  (value) => typeof value === 'string' && value.length <= 45 && canonicalAddress(value) === value,
);
const cutAddress = shapeOf(
  'the beginning of an IP address',
  (value) => typeof value === 'string' && /^[\da-f:.]{1,45}$/i.test(value),
);

const isCut = (value: unknown) =>
  typeof value === 'object' && value !== null && 'cut' in value && value.cut === true;
const wholeEndpoint = objectOf<Omit<Endpoint, 'cut'>>({ address, port, zone: textOrNull });
const cutEndpoint = objectOf<Required<Endpoint>>({
  address: cutAddress,
  port,
  zone: textOrNull,
  cut: isTrue,
});
const endpoint: Shape = (value) => (isCut(value) ? cutEndpoint(value) : wholeEndpoint(value));

/** Any state: a later version may have more of them. */
const state = shapeOf(
  'a state such as ESTABLISHED',
  (value) => typeof value === 'string' && /^[A-Z][A-Z\d_]{0,31}(?:\(-?\d{1,10}\))?$/.test(value),
);

const netns = objectOf<Netns>({ inode: countOrNull, name: textOrNull, own: yesOrNo });
const inPlace = { netns: optional(netns), host: optional(text) };

const owner = objectOf<Owner>({
  pid: count,
  program: textOrNull,
  commandLine: textOrNull,
  commandTruncated: optional(isTrue),
  executable: textOrNull,
  fd: countOrNull,
  startedAt: optional(textOrNull),
  executableDeleted: optional(nullable(yesOrNo)),
  uid: optional(countOrNull),
  parents: optional(nullable(listOf(objectOf<ParentProcess>({ pid: count, name: textOrNull })))),
});

const workload = objectOf<Workload>({
  kind: oneOf(workloadKinds),
  ...{ runtime: wordOrNull, name: textOrNull, id: textOrNull, namespace: textOrNull },
  ...{ podUid: textOrNull, container: textOrNull, image: textOrNull, unit: textOrNull },
  ...{ user: optional(count), within: optional(text) },
});

const exposure = objectOf<Exposure>({
  kind: word,
  published: listOf(
    objectOf<PublishedPort>({
      ...{ protocol: word, hostAddress: textOrNull, hostPort: port, address: text, port },
      workload: textOrNull,
    }),
  ),
  reason: textOrNull,
  workloads: optional(listOf(workload)),
});

const peer = objectOf<Peer>({
  inode: countOrNull,
  owners: listOf(owner),
  noOwner: wordOrNull,
  workload: optional(nullable(workload)),
  noWorkload: optional(wordOrNull),
});

const owned = {
  inode: countOrNull,
  owners: nullable(listOf(owner)),
  noOwner: wordOrNull,
  peer: optional(nullable(peer)),
  workload: optional(nullable(workload)),
  workloads: optional(listOf(workload)),
  noWorkload: optional(wordOrNull),
  cgroup: optional(textOrNull),
  exposure: optional(nullable(exposure)),
  ...inPlace,
};

const socketInfo = {
  acceptQueue: optional(nullable(objectOf<AcceptQueue>({ length: count, limit: countOrNull }))),
  drops: optional(countOrNull),
  memory: optional(
    nullable(
      objectOf<SocketMemory>({
        ...{ receive: count, receiveLimit: count, send: count, sendLimit: count },
        ...{ forward: count, queued: count, options: count, backlog: count },
      }),
    ),
  ),
  mark: optional(countOrNull),
  ...each(exactFields.socketInfo, { optional: counterOrNull }),
  device: optional(textOrNull),
};

const tcpInfo = objectOf<TcpInfo>({
  ...{ rtt: numberOrNull, rttVar: numberOrNull, minRtt: numberOrNull, rto: numberOrNull },
  ...{ cwnd: countOrNull, ssthresh: countOrNull, mss: countOrNull, pmtu: countOrNull },
  ...{ unacked: countOrNull, lost: countOrNull, retransmitting: countOrNull },
  ...{ retransmitted: countOrNull, duplicates: countOrNull },
  ...each(exactFields.tcpInfo, counterOrNull),
  ...{ notSent: countOrNull, deliveryRate: countOrNull, pacingRate: countOrNull },
  busy: numberOrNull,
  ...{ rwndLimited: numberOrNull, sndbufLimited: numberOrNull, lastSent: numberOrNull },
  ...{ lastReceived: numberOrNull, congestionControl: textOrNull },
  options: nullable(
    objectOf<TcpOptions>({
      ...{ timestamps: yesOrNo, sack: yesOrNo, ecn: yesOrNo },
      ...{ sendWindowScale: countOrNull, receiveWindowScale: countOrNull },
    }),
  ),
});

const inetSocket = objectOf<InetSocket>({
  protocol: oneOf(inetProtocols),
  family,
  dualStack: optional(isTrue),
  local: endpoint,
  remote: endpoint,
  localAlternates: optional(listOf(address)),
  remoteAlternates: optional(listOf(address)),
  state: nullable(state),
  associationState: optional(state),
  recvQueue: countOrNull,
  sendQueue: countOrNull,
  timer: nullable(
    objectOf<Timer>({
      kind: coded('unknown', timerKinds),
      ...{ expiresIn: number, retransmits: count, probes: whole },
    }),
  ),
  uid: countOrNull,
  createdAt: optional(textOrNull),
  tcpInfo: optional(nullable(tcpInfo)),
  rates: optional(nullable(objectOf<TcpRates>({ sent: countOrNull, received: countOrNull }))),
  ...socketInfo,
  ...owned,
});

const unixSocket = objectOf<UnixSocket>({
  protocol: oneOf(['unix']),
  family: oneOf(['unix']),
  type: coded('UNKNOWN', unixTypes),
  ...{ state, refCount: countOrNull, flags: count, path: textOrNull },
  recvQueue: optional(countOrNull),
  sendQueue: optional(countOrNull),
  ...socketInfo,
  ...owned,
});

const isUnix = (value: unknown) =>
  typeof value === 'object' && value !== null && 'protocol' in value && value.protocol === 'unix';

const traffic = objectOf<Traffic>(each(exactFields.traffic, counterOrNull));

/** The shape of each report's rows. */
export const rowShapes: Readonly<Record<ReportKind, Shape>> = {
  sockets: (value): Misfit | null => (isUnix(value) ? unixSocket(value) : inetSocket(value)),
  routes: objectOf<Route>({
    ...{ family, destination: text, prefixLength: count, gateway: textOrNull },
    source: nullable(
      objectOf<NonNullable<Route['source']>>({ address: text, prefixLength: count }),
    ),
    ...{ interface: textOrNull, flags: text, flagBits: count, metric: countOrNull },
    ...{ refCount: countOrNull, useCount: countOrNull, mss: countOrNull, window: countOrNull },
    ...{ irtt: countOrNull, mtu: countOrNull },
    ...inPlace,
  }),
  interfaces: objectOf<NetInterface>({
    ...{ name: text, index: countOrNull, mtu: countOrNull, flags: nullable(listOf(text)) },
    ...{ flagBits: countOrNull, linkType: textOrNull, hardwareAddress: textOrNull },
    txQueueLength: countOrNull,
    ...each(exactFields.interface, counterOrNull),
    ...{ received: traffic, sent: traffic },
    addresses: listOf(
      objectOf<InterfaceAddress>({
        ...{ family, address: text, prefixLength: count, broadcast: textOrNull },
        ...{ peer: textOrNull, scope: wordOrNull, label: optional(text) },
        untold: optional(listOf(word)),
      }),
    ),
    ...inPlace,
  }),
  groups: objectOf<Group>({
    ...{ family, interface: text, group: text, refCount: nullable(whole) },
    ...inPlace,
  }),
  statistics: objectOf<Counter>({
    ...{ group: text, name: text },
    ...each(exactFields.counter, counter),
    ...{ kind: word, meaning: textOrNull, rate: optional(numberOrNull) },
    ...inPlace,
  }),
};

/** A warning of an answer. */
export const warningShape = objectOf<Warning>({
  code: word,
  message: text,
  source: textOrNull,
  host: optional(text),
  subjects: optional(listOf(text)),
  tables: optional(
    listOf(objectOf<WarnedTable>({ protocol: optional(word), family: optional(word) })),
  ),
});

/** The platform that an answer is from. */
export const platformShape = oneOf(['linux', 'darwin', 'win32']);
