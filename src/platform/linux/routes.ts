import type { Route } from '../../model/route.js';
import type { Batches, FamilyQuery, Notes } from '../backend.js';
import { lackingTable } from './lacking-table.js';
import type { Proc } from './proc.js';
import { reportSource } from './report-source.js';
import { parseRoutes4 } from './routes-inet.js';
import { parseRoutes6 } from './routes-inet6.js';

const whatIs = { inet: 'IPv4 routes', inet6: 'IPv6 routes' } as const;
const lackingRoutes = {
  inet: 'IPv4 routes: IPv4 is not configured in this system',
  inet6:
    'IPv6 routes: IPv6 is not configured in this system (ipv6.disable=1, or its module is not loaded)',
} as const;

/**
 * The routes of each family asked for, in the order asked: IPv4's main table, IPv6's tables.
 * @throws NetstatError `unreadable` where no table may be read, `unsupported` at the first required family
 * that the kernel has no table for.
 */
export async function* linuxRoutes(proc: Proc, query: FamilyQuery, notes: Notes): Batches<Route> {
  const source = reportSource(proc, notes);
  for (const family of query.families) {
    const path = family === 'inet' ? 'net/route' : 'net/ipv6_route';
    const lacking = lackingTable(proc, path, lackingRoutes[family]);
    if (lacking !== null && query.requiredFamilies?.includes(family)) {
      source.read(path, whatIs[family]);
      source.settle();
      throw lacking;
    }
    const text = source.read(path, whatIs[family]);
    if (text === null) continue;
    const parsed = family === 'inet' ? parseRoutes4(text, proc.littleEndian) : parseRoutes6(text);
    yield source.rows(path, parsed);
  }
  source.settle();
}
