import type { Route } from '../../model/route.js';
import type { Batches, FamilyQuery, Notes } from '../backend.js';
import { littleEndianOf } from './order-warning.js';
import type { Proc } from './proc.js';
import { reportSource } from './report-source.js';
import { parseRoutes4 } from './routes-inet.js';
import { parseRoutes6 } from './routes-inet6.js';

/**
 * The routes of each family asked for, in the order asked: IPv4's main table, IPv6's tables.
 * @throws NetstatError `unreadable` where no table may be read.
 */
export async function* linuxRoutes(proc: Proc, query: FamilyQuery, notes: Notes): Batches<Route> {
  const source = reportSource(proc, notes);
  for (const family of query.families) {
    const path = family === 'inet' ? 'net/route' : 'net/ipv6_route';
    const text = source.read(path, family === 'inet' ? 'IPv4 routes' : 'IPv6 routes');
    if (text === null) continue;
    const parsed =
      family === 'inet' ? parseRoutes4(text, littleEndianOf(proc, notes)) : parseRoutes6(text);
    yield source.rows(path, parsed);
  }
  source.settle();
}
