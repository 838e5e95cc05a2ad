import { type Listing, usualInterval } from '../model/request/listing.ts';
import type { EventFormat } from '../model/request/view.ts';
import type { GivenFlags } from './given-flags.ts';
import { listingFrom } from './listing-from.ts';
import { refuseBesideFollow } from './refusals.ts';
import { usageError } from './usage.ts';

/** What `--follow` asks for. */
export interface FollowRequest {
  /** Milliseconds between two readings. */
  readonly interval: number;
  readonly format: EventFormat;
}

/** @throws NetstatError `usage` */
export function followFrom(flags: GivenFlags): {
  readonly listing: Listing;
  readonly request: FollowRequest;
} {
  refuseBesideFollow(flags);
  const listing = listingFrom(flags);
  const { format } = listing.view;
  if (format === 'table') {
    throw usageError(
      '--follow cannot be used with --format table: a box would never end; use netstat, ndjson or csv, with a line per event',
    );
  }
  return { listing, request: { interval: listing.schedule.interval ?? usualInterval, format } };
}
