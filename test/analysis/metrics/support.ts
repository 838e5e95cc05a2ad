import { type Collector, collector } from '../../../src/analysis/metrics/collector.ts';
import { namespaceLabels } from '../../../src/analysis/metrics/namespaces.ts';
import {
  type ReadTable,
  type SocketsAsked,
  socketCounts,
} from '../../../src/analysis/metrics/sockets.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { MetricFamily } from '../../../src/model/report/metric.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { metricsText } from '../../../src/views/metrics/text.ts';

/** A Linux with the usual range of local ports, and the services that are named. */
export function asked(changes: Partial<SocketsAsked> = {}): SocketsAsked {
  return {
    top: 20,
    which: 'all',
    namespaces: namespaceLabels(changes.top ?? 20),
    queues: true,
    workloads: true,
    tcpInfo: false,
    isNamed: () => false,
    remoteLabel: () => undefined,
    remoteLabels: null,
    systemOf: () => ({
      localPorts: { range: { first: 32_768, last: 60_999 }, reserved: [] },
      reuse: {},
      timeWaitLimit: 131_072,
    }),
    ownerFits: () => true,
    ...changes,
  };
}

export const tcpTables: readonly ReadTable[] = [
  { protocol: 'tcp', family: 'inet' },
  { protocol: 'tcp', family: 'inet6' },
];

/**
 * What sockets are counted as; `servers`: rows in which servers were looked for before; `networks`: those that were
 * read, if it is not only the own one, or those of the sockets.
 */
export function familiesOf(
  sockets: readonly Socket[],
  changes: Partial<SocketsAsked> = {},
  tables: readonly ReadTable[] = [],
  servers: readonly Socket[] = [],
  networks: readonly (Netns | undefined)[] = sockets.length === 0
    ? [undefined]
    : sockets.map(({ netns }) => netns),
): readonly MetricFamily[] {
  const counts = socketCounts(asked(changes));
  for (const socket of servers) counts.serve(socket);
  for (const socket of sockets) counts.add(socket);
  const into = collector();
  counts.collect(into, tables, networks);
  return into.families();
}

/** The samples of families whose names begin so, as lines without `tsnetstat_`. */
export function samplesOf(families: readonly MetricFamily[], beginning = ''): readonly string[] {
  const text = [...metricsText(families, 'prometheus')].join('');
  return text
    .split('\n')
    .filter((line) => line.startsWith(`tsnetstat_${beginning}`))
    .map((line) => line.slice('tsnetstat_'.length));
}

/** The same of whatever collects. */
export function collected(collect: (into: Collector) => void, beginning = ''): readonly string[] {
  const into = collector();
  collect(into);
  return samplesOf(into.families(), beginning);
}
