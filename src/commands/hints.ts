import type { Listing } from '../model/request/listing.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Source } from '../sources/source.ts';
import { counted } from '../text/counted.ts';

/** The hint that servers are left out: netstat's default omits them, which surprises a user who names a port. */
export function leftOutText(servers: number): string {
  const what = counted(servers, 'matching server is', 'matching servers are');
  return `${what} not listed; -l lists servers, -a all sockets`;
}

/** The hint that some addresses have no names because no server answered in time. `timeout`: in milliseconds. */
export function givenUpText(addresses: number, timeout: number): string {
  const what = counted(addresses, 'address is shown as a number', 'addresses are shown as numbers');
  return `${what}: no answer within ${timeout / 1000} s (--resolve-timeout)`;
}

/**
 * Whether sockets that a listing did not find may be in another network namespace: it filters by owner, and
 * programs, especially in containers, need not run in this process's own. Most other filters mean the own network.
 */
export function mayBeElsewhere(
  { query, schedule, target }: Listing,
  { byOwner }: Pick<Pipeline, 'byOwner'>,
  { facts }: Pick<Source, 'facts'>,
): boolean {
  const { procRoot, netns, machines } = target;
  const isOfOwn = netns === 'own' && procRoot === null && machines === null;
  const isOnce = schedule.interval === null && schedule.wait === null;
  return byOwner && query.report === 'sockets' && isOnce && isOfOwn && facts.includes('netns');
}
