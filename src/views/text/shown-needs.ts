import type { Listing } from '../../model/listing.ts';
import type { Needs } from '../../model/needs.ts';

/** What netstat's own layouts, in boxes or not, show of each report. `owners`: how many -p is to show. */
export function needsOfTables(
  listing: Omit<Listing, 'target'>,
  owners: 'first' | 'all',
): Partial<Needs> {
  const { query, view, schedule } = listing;
  const netns = view.withNetns;
  const hosts = view.machines !== null;
  switch (query.report) {
    case 'sockets':
      return {
        owners: view.exposure ? 'all' : view.programs || view.peers ? owners : 'none',
        hostNames: true,
        serviceNames: true,
        userNames: view.extend > 0,
        timers: view.timers,
        ...infoNeeds(listing),
        peers: view.peers,
        workloads: view.workloads,
        exposure: view.exposure,
        netns,
        hosts,
      };
    case 'routes':
    case 'groups':
      return { hostNames: true, netns, hosts };
    case 'interfaces':
      return { netns, hosts };
    case 'statistics':
      return { previousRound: schedule.interval !== null, netns, hosts };
  }
}

/** Every field, for programs: with -p or --peers every owner and all that is known of it. */
export function needsOfData(listing: Omit<Listing, 'target'>): Partial<Needs> {
  const { programs, peers, workloads, exposure, withNetns: netns } = listing.view;
  return {
    ...((programs || peers || workloads || exposure) && { owners: 'all', ownerDetails: true }),
    ...infoNeeds(listing),
    timers: listing.query.report === 'sockets',
    peers,
    workloads,
    exposure,
    netns,
    hosts: listing.view.machines !== null,
  };
}

/** The same where a row has every field that its platform tells, and not the columns of all platforms. */
export function needsOfRecords(listing: Omit<Listing, 'target'>): Partial<Needs> {
  return { ...needsOfData(listing), createdAt: listing.query.report === 'sockets' };
}

/** What --tcp-info and --socket-info ask for: rates too where rounds can be compared. */
export function infoNeeds({
  view,
  schedule,
}: Pick<Listing, 'view' | 'schedule'>): Pick<Needs, 'tcpInfo' | 'rates' | 'socketInfo'> {
  const { tcpInfo, socketInfo } = view;
  return { tcpInfo, rates: tcpInfo && schedule.interval !== null, socketInfo };
}
