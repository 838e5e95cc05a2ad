import { type Gatherer, gatherer } from '../../analysis/checks/gather.ts';
import type { Check, Look, Scope } from '../../analysis/checks/index.ts';
import type { Counter } from '../../model/machine/counter.ts';
import { type InNetns, type Netns, networkKey } from '../../model/machine/netns.ts';
import { noSystemFacts, type SystemFacts } from '../../model/machine/system-facts.ts';
import type { Socket } from '../../model/socket/socket.ts';

/** A network that was read. */
export interface Network extends Scope {
  readonly key: string;
  readonly netns: Netns | null;
}

/** The networks of one reading, and what is gathered in each for the checks. */
export interface Networks {
  /** The facts of the first network. */
  readonly first: SystemFacts;
  /** The networks with any data, the first one first. */
  all(): readonly Network[];
  /** Adds the network of a row. */
  open(row: InNetns): void;
  /**
   * A function to be called with each socket, for what these checks watch or count; returns whether a check keeps
   * the socket.
   */
  reader(way: 'watcher' | 'grouper', checks: readonly Check[]): (socket: Socket) => boolean;
  /** What a check has seen of a network; `counters`: those of all networks. */
  lookOf(network: Network, check: Check, counters: readonly Counter[]): Look;
}

/** Networks for these checks, without any sockets yet. */
export function networksFor(checks: readonly Check[], facts: readonly SystemFacts[]): Networks {
  const first = facts[0] ?? noSystemFacts;
  const each = checks.filter((check) => !check.spans);
  const everywhere = gatherer(
    checks.filter((check) => check.spans),
    { system: first },
  );
  const opened = new Map<string, { readonly network: Network; readonly gathered: Gatherer }>();
  const open = (netns: Netns | null, system: SystemFacts, key: string) => {
    const one = { network: { key, netns, system }, gathered: gatherer(each, { system }) };
    opened.set(key, one);
    return one;
  };
  for (const one of facts) open(one.netns ?? null, one, networkKey(one));
  const at = (row: InNetns) =>
    opened.get(networkKey(row)) ??
    open(row.netns ?? null, facts.length > 1 ? noSystemFacts : first, networkKey(row));
  return {
    first,
    all: () => [...opened.values()].map(({ network }) => network),
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
    lookOf(network, check, counters) {
      const gathered = check.spans ? everywhere : opened.get(network.key)?.gathered;
      const own = check.needs.counters ? inNetwork(counters, network) : [];
      const look = gathered?.lookOf(check, own);
      return look ?? { system: network.system, sockets: [], groups: new Map(), counters: own };
    },
  };
}

/** The rows of one network. */
export function inNetwork<T extends InNetns>(rows: readonly T[], { key }: Network): readonly T[] {
  return rows.filter((row) => networkKey(row) === key);
}
