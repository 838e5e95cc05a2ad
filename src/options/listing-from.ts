import { type Listing, type Schedule, usualInterval } from '../model/request/listing.ts';
import { type EventFormat, type Format, formats, type View } from '../model/request/view.ts';
import { defaultListing } from './default-listing.ts';
import { choiceOf, type GivenFlags } from './given-flags.ts';
import { queryFrom, refuseEmptyQuestion } from './query-from.ts';
import { refuseBesidePids } from './refusals.ts';
import { scheduleFrom } from './schedule-from.ts';
import { targetFrom } from './target-from.ts';
import { usageError } from './usage.ts';

/**
 * The listing that the flags ask for, as netstat reads them.
 * @throws NetstatError `usage`
 */
export function listingFrom(flags: GivenFlags): Listing {
  const query = queryFrom(flags);
  const listing = {
    query,
    view: viewOf(flags),
    schedule: scheduleFrom(flags, query),
    target: targetFrom(flags),
  };
  // Flags that exclude each other are the mistake, whatever the expression is.
  refuseEmptyQuestion(flags, query.report);
  return listing;
}

/** The same of all sockets, unless -l asks for servers only. @throws NetstatError `usage` */
export function listingOfAll(flags: GivenFlags): Listing {
  const listing = listingFrom(flags);
  const { query } = listing;
  return {
    ...listing,
    query: { ...query, which: query.which === 'listening' ? 'listening' : 'all' },
  };
}

/** What `--follow` asks for: it always repeats, in a format that needs no end. */
export interface FollowedListing extends Listing {
  readonly view: View & { readonly format: EventFormat };
  readonly schedule: Schedule & { readonly interval: number };
}

/** The listing for `--follow`. @throws NetstatError `usage` */
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

function viewOf(flags: GivenFlags): View {
  const format = formatOf(flags);
  if (flags.has('columns') && (format === 'json' || format === 'ndjson')) {
    throw usageError(
      `--columns cannot be used with ${flags.has('json') ? '--json' : `--format ${format}`}, which has every field; use jq`,
    );
  }
  if (flags.has('pids')) refuseBesidePids(flags);
  const numeric = flags.has('numeric');
  return {
    format,
    columns: flags.has('columns') ? flags.values('columns') : null,
    header: !flags.has('no-header'),
    color: choiceOf(flags, 'color') ?? defaultListing.view.color,
    numeric: {
      hosts: numeric || flags.has('numeric-hosts'),
      ports: numeric || flags.has('numeric-ports'),
      // Users of other machines have no names here.
      users: numeric || flags.has('numeric-users') || flags.has('on'),
    },
    programs: flags.has('programs'),
    extend: flags.count('extend'),
    timers: flags.has('timers'),
    tcpInfo: flags.has('tcp-info'),
    socketInfo: flags.has('socket-info'),
    peers: flags.has('peers'),
    workloads: flags.has('workloads'),
    exposure: flags.has('exposure'),
    withNetns: flags.has('all-netns') || flags.has('netns'),
    machineNames: flags.has('on') ? flags.values('on') : null,
    wide: flags.has('wide'),
    verbose: flags.has('verbose'),
    quiet: flags.has('quiet'),
    pids: flags.has('pids'),
  };
}

function formatOf(flags: GivenFlags): Format {
  const asked = choiceOf(flags, 'format');
  const format = formats.find((one) => one === asked) ?? null;
  if (!flags.has('json')) return format ?? defaultListing.view.format;
  if (format !== null && format !== 'json') {
    throw usageError(`--json and --format ${format}: give one of them`);
  }
  return 'json';
}
