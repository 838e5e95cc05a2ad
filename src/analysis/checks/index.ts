import { acceptQueue } from './accept-queue.ts';
import type { Check } from './check.ts';
import { closeWait } from './close-wait.ts';
import { conntrackTable } from './conntrack-table.ts';
import { defaultRoute } from './default-route.ts';
import { exposedServices } from './exposed-services.ts';
import { goneAddresses } from './gone-addresses.ts';
import { hungServer } from './hung-server.ts';
import { localPorts } from './local-ports.ts';
import { lossyPaths } from './lossy-paths.ts';
import { nameServers } from './name-servers.ts';
import { neighbourTable } from './neighbour-table.ts';
import { noListener } from './no-listener.ts';
import { oddPrograms } from './odd-programs.ts';
import { openFiles } from './open-files.ts';
import { orphanLimit } from './orphan-limit.ts';
import { sharedPorts } from './shared-ports.ts';
import { stoppedPrograms } from './stopped-programs.ts';
import { stuckClosing } from './stuck-closing.ts';
import { stuckQueues } from './stuck-queues.ts';
import { synFlood } from './syn-flood.ts';
import { tcpMemory } from './tcp-memory.ts';
import { timeWaitLimit } from './time-wait-limit.ts';
import { udpDrops } from './udp-drops.ts';

export type { Check, Draft, Evidence, Look, Scope } from './check.ts';
export { commonFacts, layoutOf } from './check-layout.ts';

/** Every check, in the order of the docs and, within a severity, of the report. */
export const checks: readonly Check[] = [
  acceptQueue,
  closeWait,
  synFlood,
  localPorts,
  timeWaitLimit,
  lossyPaths,
  stuckQueues,
  stuckClosing,
  orphanLimit,
  udpDrops,
  tcpMemory,
  openFiles,
  stoppedPrograms,
  exposedServices,
  oddPrograms,
  sharedPorts,
  conntrackTable,
  neighbourTable,
  defaultRoute,
  nameServers,
  noListener,
  goneAddresses,
  hungServer,
];

/** A check's default thresholds. */
export function defaultSettings({ thresholds }: Check): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(thresholds).map(([name, { value }]) => [name, value]));
}
