import type { InetSocket } from '../../model/socket/socket.ts';
import { destinationOf, type LocalPorts, portCount, takesPort } from '../port-range.ts';
import { type ReuseSettings, reusable } from '../port-reuse.ts';
import type { Collector } from './collector.ts';
import { definitions } from './definitions.ts';
import { type Counts, count } from './tally.ts';

/** How many destinations are ranked. */
const ranksShown = 5;

/** How much of the range of ephemeral ports each destination uses, without ports that connect(2) reuses. */
export interface LocalPortsUsed {
  /** A TCP connection. */
  add(connection: InetSocket): void;
  collect(into: Collector): void;
}

/** Nothing used yet. */
export function localPortsUsed(
  { range, reserved }: LocalPorts,
  reuse: ReuseSettings,
): LocalPortsUsed {
  const isReusable = reusable(reuse);
  /** The number of connections by local address, remote port and remote address. */
  const destinations: Counts = new Map();
  return {
    add(connection) {
      const { local, remote, state } = connection;
      if (range === null || !takesPort(range, local.port, remote.port, state)) return;
      if (isReusable(connection)) return;
      count(destinations, destinationOf(connection));
    },
    collect(into) {
      if (range === null) return;
      const all = portCount(range, reserved);
      const most = new Array<number>(ranksShown).fill(0);
      for (const taken of destinations.values()) {
        if (taken <= (most[ranksShown - 1] as number)) continue;
        most[ranksShown - 1] = taken;
        most.sort((a, b) => b - a);
      }
      for (const [at, taken] of most.entries()) {
        into.add(definitions.localPortsUsed, { rank: String(at + 1) }, taken / all);
      }
    },
  };
}
