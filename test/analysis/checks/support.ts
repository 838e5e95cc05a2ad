import {
  type Check,
  countsAtOnce,
  type Draft,
  type Evidence,
  type Look,
} from '../../../src/analysis/checks/check.ts';
import { gatherer } from '../../../src/analysis/checks/gather.ts';
import { checks, defaultSettings } from '../../../src/analysis/checks/index.ts';
import type { Counter } from '../../../src/model/machine/counter.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { SystemFacts, SystemValues, TcpUse } from '../../../src/model/machine/system-facts.ts';
import { allProtocols } from '../../../src/model/protocol.ts';
import type { Service } from '../../../src/model/report/service.ts';
import type { Glance } from '../../../src/model/socket/glance.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';

import { counter } from '../../support/builders.ts';

/** What a machine shows at one moment, before a check has chosen among it. */
interface Moment {
  readonly sockets?: readonly Socket[];
  /** By `Group.Name`. */
  readonly counters?: Readonly<Record<string, number>>;
  /** Facts that differ from the later ones. */
  readonly facts?: SystemFacts['values'];
}

/** A machine that a check looks at. */
export interface Scene extends Moment {
  /** A second before; left out: the sockets were the same, and no counter has grown. */
  readonly before?: Moment;
  /** Which network it is; left out: the own one. */
  readonly netns?: Netns;
  readonly rest?: Partial<
    Pick<
      Evidence,
      | ('platform' | 'routes' | 'interfaces' | 'service')
      | ('protocols' | 'onlyIn' | 'isFiltered' | 'running')
    >
  >;
  /** What is set, beside the defaults. */
  readonly set?: Readonly<Record<string, number>>;
}

/** Facts of a Debian that nobody has tuned. */
export const debian: SystemValues = {
  localPortRange: { first: 32_768, last: 60_999 },
  reservedPorts: [],
  timeWaitReuse: 2,
  tcpTimestamps: 1,
  timeWaitLimit: 65_536,
  orphanLimit: 65_536,
  synBacklogLimit: 1024,
  acceptQueueLimit: 4096,
  synCookies: 1,
  tcpMemoryLimits: { low: 94_236, pressure: 125_650, high: 188_472 },
  tcpUse: { inUse: 12, orphans: 0, timeWait: 3, memoryPages: 4 },
  conntrack: { count: 40, limit: 262_144 },
  neighbours: { count: 3, limit: 1024 },
  neighbours6: { count: 2, limit: 1024 },
  nameservers: ['192.0.2.53'],
  nameserversOverTcp: false,
  descriptors: [],
  conntrackDrops: { dropped: 0, failed: 0, forgotten: 0 },
  silentNeighbours: [],
  isFirstNetwork: true,
  hasOtherDefaultRoute: false,
  hasSystemd: true,
  oddProcesses: [],
  stoppedProcesses: [],
};

/** A service, asked about by its port, of which nothing is there. */
export const noService: Service = {
  ...{ asked: { by: 'port', value: '7071' }, status: 'absent' },
  ...{ listeners: [], listenerCount: 0, bound: [], incoming: null, outgoing: null, clients: [] },
  ...{ portless: null, similar: null, holding: [], opened: null, unclear: null },
  ...{ elsewhere: null, forwards: null, units: null, earlier: null },
};

/** Every check as running: with its defaults, but for what is set. */
export function runningByDefault(
  set: Readonly<Record<string, Readonly<Record<string, number>>>> = {},
): Evidence['running'] {
  return new Map(checks.map((one) => [one.name, { ...defaultSettings(one), ...set[one.name] }]));
}

/** What a check finds in a scene, as the program would show it: it sees only what it needs, watches, counts and asks for again. */
export function found(check: Check, scene: Scene): readonly Draft[] {
  const look = (moment: Moment) => lookAt(check, scene, moment);
  const before = check.needs.twoReadings ? look({ ...scene, ...scene.before }) : null;
  const evidence: Evidence = {
    ...look(looksAgain(check, scene) ? scene : { ...scene, sockets: [] }),
    ...{ platform: 'linux', before },
    seconds: before === null ? 0 : 1,
    routes: [],
    interfaces: [],
    ...{ service: null, protocols: allProtocols, onlyIn: null, isFiltered: false },
    running: runningByDefault(),
    ...scene.rest,
  };
  return check.find(evidence, { ...defaultSettings(check), ...scene.set });
}

/** Whether the second look at a scene reads the sockets that a check watches. */
export function looksAgain(check: Check, scene: Scene): boolean {
  if (!check.needs.twoReadings || check.again === undefined) return true;
  const before = lookAt(check, scene, { ...scene, ...scene.before });
  const counters = countersOf(scene.counters ?? {});
  return check.again({ before, counters, seconds: 1 }, { ...defaultSettings(check), ...scene.set });
}

function lookAt(
  check: Check,
  { netns }: Scene,
  { sockets = [], counters = {}, facts = {} }: Moment,
): Look {
  const { needs } = check;
  const read = new Set<string>([...(needs.facts ?? []), ...(needs.usefulFacts ?? [])]);
  const values = Object.entries({ ...debian, ...facts }).filter(([name]) => read.has(name));
  const system: SystemFacts = {
    ...(netns !== undefined && { netns }),
    ...{ values: Object.fromEntries(values), missing: {} },
  };
  const gathered = gatherer([check], { system });
  const [watch, group] = [gathered.watcher([check]), gathered.grouper([check])];
  for (const socket of sockets) {
    if (!needs.protocols.includes(socket.protocol)) continue;
    // Of a connection that no check wants no row is made.
    const glance = check.glances === undefined ? null : glanceOf(socket);
    const isWanted = glance === null || check.glances?.(glance, { system }) === true;
    if (isWanted) watch(readOf(check, socket));
    if (isWanted || !countsAtOnce(check)) group(socket);
  }
  return gathered.lookOf(check, needs.counters ? countersOf(counters) : []);
}

/** What the kernel shows of a TCP connection before a row is made of it; null: of another socket. */
function glanceOf(socket: Socket): Glance | null {
  if (socket.protocol !== 'tcp' || socket.state === null) return null;
  const { state, timer, local, remote, tcpInfo } = socket;
  return {
    state,
    timer: timer?.kind ?? 'off',
    retransmits: timer?.retransmits ?? 0,
    probes: timer?.probes ?? 0,
    recvQueue: socket.recvQueue ?? 0,
    localPort: local.port,
    remotePort: remote.port,
    inode: socket.inode ?? 0,
    retransmitted: tcpInfo?.retransmitted ?? null,
    rtt: tcpInfo?.rtt ?? null,
    bytesSent: numberOf(tcpInfo?.bytesSent),
    bytesRetransmitted: numberOf(tcpInfo?.bytesRetransmitted),
  };
}

const numberOf = (value: bigint | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

/** What is read of a socket for a check. */
function readOf({ needs }: Check, socket: Socket): Socket {
  if (socket.protocol === 'unix') return socket;
  const { tcpInfo, acceptQueue, memory, drops } = socket;
  const hidesInfo = !needs.socketInfo && (acceptQueue || memory || drops);
  if (!hidesInfo && (needs.tcpInfo || !tcpInfo)) return socket;
  return {
    ...socket,
    ...(!needs.tcpInfo && tcpInfo && { tcpInfo: null }),
    ...(hidesInfo && { acceptQueue: null, memory: null, drops: null }),
  };
}

function countersOf(counters: Readonly<Record<string, number>>): readonly Counter[] {
  return Object.entries(counters).map(([key, value]) => {
    const [group = '', name = ''] = key.split('.');
    return counter(group, name, value);
  });
}

/** So many sockets, each from its number. */
export function many<T>(count: number, make: (number: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, number) => make(number));
}

/** Facts of that Debian, with these counts of TCP. */
export const withTcpUse = (changes: Partial<TcpUse>) => ({
  tcpUse: { ...debian.tcpUse, ...changes },
});

/** A scene in which a counter grows by 2. */
export const grew = (counter: string): Scene => ({
  counters: { [counter]: 12 },
  before: { counters: { [counter]: 10 } },
});
