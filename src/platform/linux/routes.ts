import type { Route } from '../../model/route.js';
import type { Batches, FamilyQuery, Notes } from '../backend.js';
import { littleEndianOf } from './order-warning.js';
import type { Proc } from './proc.js';
import { fromFirstLine, reportSource } from './report-source.js';
import { routeLines4 } from './routes-inet.js';
import { routeLine6 } from './routes-inet6.js';

/**
 * The routes of each family asked for, in the order asked: IPv4's main table, IPv6's tables.
 * @throws NetstatError `unreadable` where no table may be read.
 */
export async function* linuxRoutes(proc: Proc, query: FamilyQuery, notes: Notes): Batches<Route> {
  const source = reportSource(proc, notes);
  for (const family of query.families) {
    yield* family === 'inet'
      ? source.batches(
          'net/route',
          'IPv4 routes',
          fromFirstLine(() => routeLines4(littleEndianOf(proc, notes))),
        )
      : source.batches('net/ipv6_route', 'IPv6 routes', routeLine6);
  }
  source.settle();
}
