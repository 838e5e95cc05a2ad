import type { Listing } from '../model/request/listing.ts';
import { hasFilters } from '../model/request/query.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Source } from '../sources/source.ts';
import { counted } from '../text/counted.ts';

/** The hint that servers are left out: netstat's default omits them, which surprises a user who names a port. */
export function leftOutText(servers: number): string {
  const what = counted(servers, 'matching server is', 'matching servers are');
  return `${what} not listed; -l lists servers, -a all sockets`;
}

/** The hint that `count` addresses or users have no names because there was no answer in time, in milliseconds. */
export function givenUpText(count: number, what: 'addresses' | 'users', timeout: number): string {
  const one = what === 'users' ? 'user' : 'address';
  const shown = counted(count, `${one} is shown as a number`, `${what} are shown as numbers`);
  return `${shown}: no answer within ${timeout / 1000} s (--resolve-timeout)`;
}

/**
 * Whether sockets that a listing did not find may be in another network namespace: it filters by owner, and
 * programs, especially in containers, need not run in this process's own. Most other filters mean the own network.
 */
export function mayBeElsewhere(
  listing: Listing,
  { sought }: Pick<Pipeline, 'sought'>,
  source: Pick<Source, 'facts'>,
): boolean {
  return sought.byOwner && isOnceOfOwn(listing, source);
}

/** The port of which a listing seeks servers alone: other sockets may have it. null: it seeks something else. */
export function soughtPort(listing: Listing, source: Pick<Source, 'facts'>): string | null {
  const { which, filters } = listing.query;
  const [port = ''] = filters.port;
  const isOne = filters.port.length === 1 && /^\d+$/.test(port);
  const isAlone = !hasFilters({ ...filters, port: [] });
  const isSought = which === 'listening' && isOne && isAlone && isOnceOfOwn(listing, source);
  return isSought ? port : null;
}

/** Whether sockets of this process's own network are listed once, while others may be listed too. */
function isOnceOfOwn(
  { query, schedule, target }: Listing,
  { facts }: Pick<Source, 'facts'>,
): boolean {
  const { procRoot, netns, machines } = target;
  const isOfOwn = netns === 'own' && procRoot === null && machines === null;
  const isOnce = schedule.interval === null && schedule.wait === null;
  return query.report === 'sockets' && isOnce && isOfOwn && facts.includes('netns');
}
