import { unmapped } from '../model/address/text.ts';
import { networkKey } from '../model/machine/netns.ts';
import type { Protocol } from '../model/protocol.ts';
import type { Service, ServiceConnections } from '../model/report/service.ts';
import type { Owner } from '../model/socket/owner.ts';
import type { InetSocket } from '../model/socket/socket.ts';
import { compareText } from '../text/compare-text.ts';
import { type OpeningEnd, openingEnd } from './opening-end.ts';
import { isWithinMachine } from './server-end.ts';

/** The most addresses and programs in a report. */
const mostListed = 5;

/** Connections that have the same in common; they are counted, not kept. */
export interface ConnectionLine {
  readonly protocol: Protocol;
  /** As `networkKey`. */
  readonly network: string;
  readonly port: number;
  /** The port of the other end; 0: those of several. */
  readonly otherPort: number;
  readonly state: string;
  readonly address: string;
  /** Whether the other end is at an address of this machine, as far as a connection tells. */
  readonly isOwn: boolean;
  /** The end that opened them; null: the kernel does not tell, or it does not matter. */
  readonly openedBy: OpeningEnd | null;
  /** The first process that holds it; null: none is known. */
  readonly owner: Owner | null;
  readonly count: number;
}

/** Counts connections without keeping them. */
export interface ConnectionCount {
  /** `withDirection`: which end opened it will matter, so that those of several ports are counted separately. */
  add(socket: InetSocket, withDirection: boolean): void;
  isEmpty(): boolean;
  lines(): readonly ConnectionLine[];
}

/** A new count, of none. */
export function connectionCount(): ConnectionCount {
  const lines = new Map<string, Omit<ConnectionLine, 'count'> & { count: number }>();
  return {
    add(socket, withDirection) {
      const { protocol, local, remote, state, owners } = socket;
      const network = networkKey(socket);
      const address = unmapped(remote.address);
      const isOwn = isWithinMachine(socket);
      const owner = owners?.[0] ?? null;
      const otherPort = withDirection ? remote.port : 0;
      const openedBy = withDirection ? openingEnd(socket) : null;
      const key = `${protocol} ${network} ${local.port} ${otherPort} ${state} ${address} ${isOwn} ${openedBy} ${owner?.pid}`;
      const line = lines.get(key);
      if (line !== undefined) line.count++;
      else {
        lines.set(key, {
          ...{ protocol, network, port: local.port, otherPort, state: state ?? '' },
          ...{ address, isOwn, openedBy, owner, count: 1 },
        });
      }
    },
    isEmpty: () => lines.size === 0,
    lines: () => [...lines.values()],
  };
}

/** The counts of a report. */
export function connectionsOf(lines: readonly ConnectionLine[]): ServiceConnections {
  const addresses = sums(lines, ({ address }) => address);
  return {
    count: lines.reduce((sum, { count }) => sum + count, 0),
    states: Object.fromEntries(sums(lines, ({ state }) => state)),
    addresses: addresses.length,
    busiest: addresses.slice(0, mostListed).map(([address, count]) => ({ address, count })),
  };
}

/** Sums counts by a key, the largest first. */
function sums(
  lines: readonly ConnectionLine[],
  by: (line: ConnectionLine) => string,
): readonly [string, number][] {
  const all = new Map<string, number>();
  for (const line of lines) all.set(by(line), (all.get(by(line)) ?? 0) + line.count);
  return [...all].sort(([a, one], [b, other]) => other - one || compareText(a, b));
}

/** The processes that hold the most of these connections. */
export function clientsOf(lines: readonly ConnectionLine[]): Service['clients'] {
  const all = new Map<number, { program: string; pid: number; count: number }>();
  for (const { owner, count } of lines) {
    if (owner === null) continue;
    const known = all.get(owner.pid);
    if (known !== undefined) known.count += count;
    else all.set(owner.pid, { program: owner.program ?? '', pid: owner.pid, count });
  }
  return [...all.values()].sort((a, b) => b.count - a.count).slice(0, mostListed);
}
