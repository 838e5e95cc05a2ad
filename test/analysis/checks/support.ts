import type { Check, Draft, Evidence, Look } from '../../../src/analysis/checks/check.ts';
import { gatherer } from '../../../src/analysis/checks/gather.ts';
import { defaultSettings } from '../../../src/analysis/checks/index.ts';
import type { Counter } from '../../../src/model/machine/counter.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { SystemFacts, SystemValues } from '../../../src/model/machine/system-facts.ts';
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
    Pick<Evidence, 'platform' | 'routes' | 'interfaces' | 'service' | 'onlyIn' | 'isFiltered'>
  >;
  /** What is set, beside the defaults. */
  readonly set?: Readonly<Record<string, number>>;
}

/** Facts of a Debian that nobody has tuned. */
export const debian: SystemValues = {
  localPortRange: { first: 32_768, last: 60_999 },
  reservedPorts: [],
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
};

/** What a check finds in a scene, as the program would show it: it sees only what it watches, counts and asks for again. */
export function found(check: Check, scene: Scene): readonly Draft[] {
  const look = (moment: Moment) => lookAt(check, scene, moment);
  const before = check.needs.twoReadings ? look({ ...scene, ...scene.before }) : null;
  const evidence: Evidence = {
    ...look(looksAgain(check, scene) ? scene : { ...scene, sockets: [] }),
    ...{ platform: 'linux', before },
    seconds: before === null ? 0 : 1,
    routes: [],
    interfaces: [],
    ...{ service: null, onlyIn: null, isFiltered: false },
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
  const system: SystemFacts = {
    ...(netns !== undefined && { netns }),
    ...{ values: { ...debian, ...facts }, missing: {} },
  };
  const gathered = gatherer([check], { system });
  const [watch, group] = [gathered.watcher([check]), gathered.grouper([check])];
  for (const socket of sockets) {
    watch(socket);
    group(socket);
  }
  return gathered.lookOf(check, countersOf(counters));
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
