import type { Route } from '../../../model/machine/route.ts';
import type { Batches, FamilyQuery, WarningSink } from '../../source.ts';
import { lackingTable } from '../lacking-table.ts';
import { fromFirstLine } from '../line-reader.ts';
import { littleEndianOf } from '../proc/order-warning.ts';
import type { Proc } from '../proc/proc.ts';
import { routeFiles } from '../proc-files.ts';
import { reportSource } from '../report-files.ts';
import { routeLines4 } from './inet.ts';
import { routeLine6 } from './inet6.ts';

const whatIs = { inet: 'IPv4 routes', inet6: 'IPv6 routes' } as const;
const lackingRoutes = {
  inet: 'IPv4 routes: IPv4 is not configured in this system',
  inet6:
    'IPv6 routes: IPv6 is not configured in this system (ipv6.disable=1, or its module is not loaded)',
} as const;

/**
 * The routes of each family asked for, in the order asked: IPv4's main table, IPv6's tables.
 * @throws NetstatError `unreadable` if no table can be read, `unsupported` at the first required family
 * that the kernel has no table for.
 */
export async function* linuxRoutes(
  proc: Proc,
  query: FamilyQuery,
  warnings: WarningSink,
): Batches<Route> {
  const source = reportSource(proc, warnings);
  for (const family of query.families) {
    const lacking = query.requiredFamilies?.includes(family)
      ? lackingTable(proc, routeFiles[family], lackingRoutes[family])
      : null;
    if (lacking !== null) {
      source.read(routeFiles[family], whatIs[family]);
      source.settle();
      throw lacking;
    }
    yield* family === 'inet'
      ? source.batches(
          routeFiles.inet,
          whatIs.inet,
          fromFirstLine(() => routeLines4(littleEndianOf(proc, warnings))),
          family,
        )
      : source.batches(routeFiles.inet6, whatIs.inet6, routeLine6, family);
  }
  source.settle();
}
