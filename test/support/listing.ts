import type { Listing, Schedule, Target } from '../../src/model/request/listing.ts';
import type { FilterOptions, Query } from '../../src/model/request/query.ts';
import type { View } from '../../src/model/request/view.ts';
import { defaultListing } from '../../src/options/default-listing.ts';

/** All options of a listing, of whichever part. */
export type Asked = Query & View & Schedule & Target;

function changed<T extends object>(part: T, changes: object): T {
  const own = Object.entries(changes).filter(([name]) => name in part);
  return { ...part, ...Object.fromEntries(own) };
}

/** Returns `base` with the options `asked`. */
export function listingWith(asked: Partial<Asked>, base: Listing = defaultListing): Listing {
  return {
    query: changed(base.query, asked),
    view: changed(base.view, asked),
    schedule: changed(base.schedule, asked),
    target: changed(base.target, asked),
  };
}

/** These filters and no others, as an option. */
export function filtering(filters: Partial<FilterOptions>): Pick<Query, 'filters'> {
  return { filters: { ...defaultListing.query.filters, ...filters } };
}

/** Returns all options of a listing in one object. */
export function askedIn({ query, view, schedule, target }: Listing): Asked {
  return { ...query, ...view, ...schedule, ...target };
}
