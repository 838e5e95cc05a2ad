import type { Counter } from '../../model/machine/counter.ts';
import type { Socket } from '../../model/socket/socket.ts';
import {
  type Check,
  countsAtOnce,
  type Group,
  groupSample,
  type Look,
  type Scope,
} from './check.ts';

/** Collects what several checks want to see of one network's sockets, as they pass. */
export interface Gatherer {
  /**
   * A function to call with each socket for what these checks watch and count at once; it returns whether one keeps
   * the socket.
   */
  watcher(checks: readonly Check[]): (socket: Socket) => boolean;
  /** The same for what they count in a reading of its own. */
  grouper(checks: readonly Check[]): (socket: Socket) => boolean;
  /** What a check has seen. */
  lookOf(check: Check, counters: readonly Counter[]): Look;
}

/** What is gathered for one check. */
interface Part {
  readonly check: Check;
  readonly protocols: ReadonlySet<string>;
  readonly sockets: Socket[];
  readonly groups: Map<string, OpenGroup>;
}

interface OpenGroup extends Group {
  count: number;
  readonly states: Map<string, number>;
  readonly sockets: Socket[];
  readonly localPorts: number[];
}

/** A gatherer for these checks; nothing is kept that none of them asks for. */
export function gatherer(checks: readonly Check[], scope: Scope): Gatherer {
  const parts = checks.map(
    (check): Part => ({
      check,
      protocols: new Set(check.needs.protocols),
      sockets: [],
      groups: new Map(),
    }),
  );
  const partOf = new Map(parts.map((part) => [part.check, part]));
  const partsOf = (asked: readonly Check[]) => parts.filter(({ check }) => asked.includes(check));
  return {
    watcher: (asked) => watcherOf(partsOf(asked), scope),
    grouper: (asked) =>
      grouperOf(
        partsOf(asked).filter(({ check }) => !countsAtOnce(check)),
        scope,
      ),
    lookOf(check, counters) {
      const { sockets = [], groups = new Map<string, Group>() } = partOf.get(check) ?? {};
      return { ...scope, sockets, groups, counters };
    },
  };
}

function watcherOf(parts: readonly Part[], scope: Scope): (socket: Socket) => boolean {
  const counting = parts.filter(({ check }) => countsAtOnce(check));
  const count = counting.length === 0 ? null : grouperOf(counting, scope);
  return (socket) => {
    let isKept = count?.(socket) ?? false;
    for (const { check, protocols, sockets } of parts) {
      if (!protocols.has(socket.protocol) || check.watches?.(socket, scope) !== true) continue;
      sockets.push(socket);
      isKept = true;
    }
    return isKept;
  };
}

function grouperOf(parts: readonly Part[], scope: Scope): (socket: Socket) => boolean {
  return (socket) => {
    let isKept = false;
    for (const { check, protocols, groups } of parts) {
      const key = protocols.has(socket.protocol) ? (check.groupOf?.(socket, scope) ?? null) : null;
      if (key === null) continue;
      let group = groups.get(key);
      if (group === undefined) {
        group = { count: 0, states: new Map(), sockets: [], localPorts: [] };
        groups.set(key, group);
      }
      group.count++;
      const state = socket.state ?? '';
      group.states.set(state, (group.states.get(state) ?? 0) + 1);
      if (check.keepsPorts && socket.protocol !== 'unix') group.localPorts.push(socket.local.port);
      if (group.sockets.length >= groupSample) continue;
      group.sockets.push(socket);
      isKept = true;
    }
    return isKept;
  };
}
