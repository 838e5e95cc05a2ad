import type { Listing } from '../../model/request/listing.ts';
import type { Needs } from '../../model/request/needs.ts';

/** What netstat's own layouts, in boxes or not, need for each report. `owners`: how many -p shows. */
export function needsOfTables(
  listing: Omit<Listing, 'target'>,
  owners: 'first' | 'all',
): Partial<Needs> {
  const { query, view } = listing;
  const netns = view.withNetns;
  const machines = view.machineNames !== null;
  switch (query.report) {
    case 'sockets':
      return {
        owners: view.programs || view.peers ? owners : 'none',
        hostNames: true,
        serviceNames: true,
        userNames: view.extend > 0,
        timers: view.timers,
        ...infoNeeds(listing),
        peers: view.peers,
        workloads: view.workloads,
        exposure: view.exposure,
        netns,
        machines,
      };
    case 'routes':
    case 'groups':
      return { hostNames: true, netns, machines };
    case 'interfaces':
      return { netns, machines };
    case 'statistics':
      return { previousRound: comparesRounds(listing), netns, machines };
  }
}

/** All fields, for programs: with -p or --peers all owners and their details. */
export function needsOfData(listing: Omit<Listing, 'target'>): Partial<Needs> {
  const { programs, peers, workloads, exposure, withNetns: netns } = listing.view;
  return {
    ...((programs || peers || workloads || exposure) && { owners: 'all', ownerDetails: true }),
    ...infoNeeds(listing),
    timers: listing.query.report === 'sockets',
    previousRound: comparesRounds(listing),
    peers,
    workloads,
    exposure,
    netns,
    machines: listing.view.machineNames !== null,
  };
}

/** The same for formats whose rows have only the fields that the platform reports, not fixed columns. */
export function needsOfRecords(listing: Omit<Listing, 'target'>): Partial<Needs> {
  return { ...needsOfData(listing), createdAt: listing.query.report === 'sockets' };
}

/** Whether each round shows what changed since the previous one: counters do, with -c. */
function comparesRounds({ query, schedule }: Pick<Listing, 'query' | 'schedule'>): boolean {
  return query.report === 'statistics' && schedule.interval !== null;
}

/** The needs of --tcp-info and --socket-info: rates too if there are several rounds. */
export function infoNeeds({
  view,
  schedule,
}: Pick<Listing, 'view' | 'schedule'>): Pick<Needs, 'tcpInfo' | 'rates' | 'socketInfo'> {
  const { tcpInfo, socketInfo } = view;
  return { tcpInfo, rates: tcpInfo && schedule.interval !== null, socketInfo };
}
