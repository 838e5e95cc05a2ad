import type { Listing } from '../model/listing.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Source } from '../sources/source.ts';

/** netstat's default lists no servers, which is not what whoever names a port expects. */
export function leftOutText(servers: number): string {
  const what = servers === 1 ? '1 server that fits is' : `${servers} servers that fit are`;
  return `${what} left out; -l lists servers, -a servers and the rest`;
}

/** Numbers where names were wanted are no fault of the addresses. `timeout`: in milliseconds. */
export function givenUpText(addresses: number, timeout: number): string {
  const what =
    addresses === 1 ? '1 address shows as a number' : `${addresses} addresses show as numbers`;
  return `${what}: no answer within ${timeout / 1000} s (--resolve-timeout)`;
}

/**
 * Whether what a listing did not find may be in another network namespace: it asked whose sockets they are, and
 * programs, containers above all, need not live in the own one. Of other filters most mean the own network.
 */
export function mayBeElsewhere(
  { query, schedule, target }: Listing,
  { byOwner }: Pick<Pipeline, 'byOwner'>,
  { facts }: Pick<Source, 'facts'>,
): boolean {
  const { procRoot, netns, hosts } = target;
  const isOfOwn = netns === 'own' && procRoot === null && hosts === null;
  const isOnce = schedule.interval === null && schedule.wait === null;
  return byOwner && query.report === 'sockets' && isOnce && isOfOwn && facts.includes('netns');
}
