import type { Listing, Schedule, Target } from '../../src/model/listing.ts';
import type { Query } from '../../src/model/query.ts';
import type { View } from '../../src/model/view.ts';
import { defaultListing } from '../../src/options/default-listing.ts';

/** Everything that a listing says, whichever of its parts has it. */
export type Asked = Query & View & Schedule & Target;

function changed<T extends object>(part: T, changes: object): T {
  const own = Object.entries(changes).filter(([name]) => name in part);
  return { ...part, ...Object.fromEntries(own) };
}

/** A listing that differs from `base` in `asked`. */
export function listingWith(asked: Partial<Asked>, base: Listing = defaultListing): Listing {
  return {
    query: changed(base.query, asked),
    view: changed(base.view, asked),
    schedule: changed(base.schedule, asked),
    target: changed(base.target, asked),
  };
}

/** All that a listing says, in one. */
export function askedIn({ query, view, schedule, target }: Listing): Asked {
  return { ...query, ...view, ...schedule, ...target };
}
