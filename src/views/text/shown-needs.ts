import type { Listing } from '../../model/listing.ts';
import type { Needs } from '../../model/needs.ts';

/** What netstat's own layouts, in boxes or not, show of each report. `owners`: how many -p is to show. */
export function needsOfTables(
  { query, view, schedule }: Omit<Listing, 'target'>,
  owners: 'first' | 'all',
): Partial<Needs> {
  switch (query.report) {
    case 'sockets':
      return {
        owners: view.programs || view.peers ? owners : 'none',
        hostNames: true,
        serviceNames: true,
        userNames: view.extend > 0,
        tcpInfo: view.tcpInfo,
        peers: view.peers,
      };
    case 'routes':
    case 'groups':
      return { hostNames: true };
    case 'interfaces':
      return {};
    case 'statistics':
      return { previousRound: schedule.interval !== null };
  }
}

/** Every field, for programs: with -p or --peers every owner and all that is known of it. */
export function needsOfData({ view }: Omit<Listing, 'target'>): Partial<Needs> {
  return {
    ...((view.programs || view.peers) && { owners: 'all', ownerDetails: true }),
    tcpInfo: view.tcpInfo,
    peers: view.peers,
  };
}
