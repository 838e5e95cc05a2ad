import { type Listing, type Schedule, usualInterval } from '../model/request/listing.ts';
import type { EventFormat, View } from '../model/request/view.ts';
import type { GivenFlags } from './given-flags.ts';
import { listingFrom } from './listing-from.ts';
import { usageError } from './usage.ts';

/** What `--follow` asks for: it always repeats, in a format that needs no end. */
export interface FollowedListing extends Listing {
  readonly view: View & { readonly format: EventFormat };
  readonly schedule: Schedule & { readonly interval: number };
}

/** @throws NetstatError `usage` */
export function followFrom(flags: GivenFlags): FollowedListing {
  const listing = listingFrom(flags);
  const { view, schedule } = listing;
  const { format } = view;
  if (format === 'table') {
    throw usageError(
      '--follow cannot be used with --format table: a box would never end; use netstat, ndjson or csv, with a line per event',
    );
  }
  return {
    ...listing,
    view: { ...view, format },
    schedule: { ...schedule, interval: schedule.interval ?? usualInterval },
  };
}
