import type { Listing } from '../model/request/listing.ts';
import { joinNeeds, type Needs, needsAmong, type ViewNeeds } from '../model/request/needs.ts';
import type { Selection } from '../select/index.ts';

/**
 * Everything that a listing needs to know, from its view, columns, sort keys and filters: computed once, before
 * reading.
 */
export async function needsOf(
  listing: Listing,
  viewNeeds: ViewNeeds,
  selection: Pick<Selection, 'needs'>,
): Promise<Needs> {
  const { query, view } = listing;
  const chosen = {
    ...needsAmong(selection.needs, 'all'),
    ...(query.boundInactive && { boundSockets: true }),
  };
  if (view.quiet) return joinNeeds([chosen]);
  const columns =
    view.columns === null ? viewNeeds.needs(listing) : await needsOfColumns(view.columns, query);
  const sorted = await needsOfSort(query);
  const needs = joinNeeds([
    withShownNames(listing, viewNeeds, columns),
    // Output for programs has numbers, however it is sorted.
    viewNeeds.forPrograms ? sorted : withShownNames(listing, viewNeeds, sorted),
    chosen,
  ]);
  const showsEverything = viewNeeds.forPrograms && view.columns === null && !view.pids;
  return showsEverything && needs.owners !== 'none'
    ? { ...needs, owners: 'all', ownerDetails: true }
    : needs;
}

/** Columns show every owner. */
async function needsOfColumns(
  names: readonly string[],
  { report }: Listing['query'],
): Promise<Partial<Needs>> {
  const { attributeNamed } = await import('../attributes/index.ts');
  return needsAmong(
    names.flatMap((name) => attributeNamed(report, name)?.needs ?? []),
    'all',
  );
}

/** Sorting uses the first owner only. */
async function needsOfSort({ sort, report }: Listing['query']): Promise<Partial<Needs>> {
  if (sort.length === 0) return {};
  const { sortNeeds } = await import('../select/sort.ts');
  return needsAmong(sortNeeds(sort, report), 'first');
}

/** Names are needed only by views for people, and only where numbers were not asked for. */
function withShownNames(
  { view: { numeric } }: Listing,
  { forPrograms }: ViewNeeds,
  needs: Partial<Needs>,
): Partial<Needs> {
  return {
    ...needs,
    hostNames: needs.hostNames === true && !forPrograms && !numeric.hosts,
    serviceNames: needs.serviceNames === true && !forPrograms && !numeric.ports,
    userNames: needs.userNames === true && !forPrograms && !numeric.users,
  };
}
