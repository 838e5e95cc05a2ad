import { type Gatherer, gatherer } from '../../analysis/checks/gather.ts';
import type { Check, Look, Scope } from '../../analysis/checks/index.ts';
import type { Counter } from '../../model/machine/counter.ts';
import { type InNetns, type Netns, networkKey } from '../../model/machine/netns.ts';
import { noSystemFacts, type SystemFacts } from '../../model/machine/system-facts.ts';
import type { Socket } from '../../model/socket/socket.ts';

/** A network that was read. */
export interface Place extends Scope {
  readonly key: string;
  readonly netns: Netns | null;
}

/** The networks of one reading, and what is gathered in each for the checks. */
export interface Places {
  /** The facts of the first network. */
  readonly first: SystemFacts;
  /** The networks with any data, the first one first. */
  all(): readonly Place[];
  /** Adds the network of a row. */
  open(row: InNetns): void;
  /**
   * A function to be called with each socket, for what these checks watch or count; returns whether a check keeps
   * the socket.
   */
  reader(way: 'watcher' | 'grouper', checks: readonly Check[]): (socket: Socket) => boolean;
  /** What a check has seen of a network; `counters`: those of all networks. */
  lookOf(place: Place, check: Check, counters: readonly Counter[]): Look;
}

/** Places for these checks, without any sockets yet. */
export function placesFor(checks: readonly Check[], facts: readonly SystemFacts[]): Places {
  const first = facts[0] ?? noSystemFacts;
  const each = checks.filter((check) => !check.spans);
  const everywhere = gatherer(
    checks.filter((check) => check.spans),
    { system: first },
  );
  const opened = new Map<string, { readonly place: Place; readonly gathered: Gatherer }>();
  const open = (netns: Netns | null, system: SystemFacts, key: string) => {
    const one = { place: { key, netns, system }, gathered: gatherer(each, { system }) };
    opened.set(key, one);
    return one;
  };
  for (const one of facts) open(one.netns ?? null, one, networkKey(one));
  const at = (row: InNetns) =>
    opened.get(networkKey(row)) ??
    open(row.netns ?? null, facts.length > 1 ? noSystemFacts : first, networkKey(row));
  return {
    first,
    all: () => [...opened.values()].map(({ place }) => place),
    open: (row) => void at(row),
    reader(way, checks) {
      const takers = new Map<string, (socket: Socket) => boolean>();
      const takeEverywhere = everywhere[way](checks);
      return (socket) => {
        const key = networkKey(socket);
        let take = takers.get(key);
        if (take === undefined) {
          take = at(socket).gathered[way](checks);
          takers.set(key, take);
        }
        const isKept = take(socket);
        return takeEverywhere(socket) || isKept;
      };
    },
    lookOf(place, check, counters) {
      const gathered = check.spans ? everywhere : opened.get(place.key)?.gathered;
      const own = check.needs.counters ? inPlace(counters, place) : [];
      const look = gathered?.lookOf(check, own);
      return look ?? { system: place.system, sockets: [], groups: new Map(), counters: own };
    },
  };
}

/** The rows of one network. */
export function inPlace<T extends InNetns>(rows: readonly T[], { key }: Place): readonly T[] {
  return rows.filter((row) => networkKey(row) === key);
}
