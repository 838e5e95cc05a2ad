import { isUnixAlone } from '../model/protocol.ts';
import { type Schedule, usualInterval, usualLook, type Wait } from '../model/request/listing.ts';
import type { Query } from '../model/request/query.ts';
import { defaultListing } from './default-listing.ts';
import { allFlags } from './flag-table.ts';
import { type GivenFlags, nameOf } from './given-flags.ts';
import { leastInterval, parseSeconds } from './seconds.ts';
import { usageError } from './usage.ts';
import { isInterval } from './words-after-flags.ts';

/**
 * When the listing of what is asked is read.
 * @throws NetstatError `usage`
 */
export function scheduleFrom(flags: GivenFlags, query: Query): Schedule {
  const { resolveTimeout } = defaultListing.schedule;
  const wait = waitOf(flags, query);
  return {
    interval: wait === null ? intervalOf(flags) : null,
    resolveTimeout: resolveTimeoutOf(flags) ?? resolveTimeout,
    wait,
  };
}

function waitOf(flags: GivenFlags, query: Query): Wait | null {
  const [name, other] = (['wait', 'wait-gone'] as const).filter((one) => flags.has(one));
  if (name === undefined) return null;
  if (other !== undefined) throw usageError(`--${name} and --${other}: give one of them`);
  if (flags.has('continuous')) {
    throw usageError(`--${name} cannot be used with -c; --interval says how often it checks`);
  }
  refusePort(flags, name, query);
  return {
    for: name === 'wait' ? 'there' : 'gone',
    timeout: flags.value(name) === '' ? null : seconds(flags, name, 0),
    every: namedIntervalOf(flags) ?? usualLook[flags.has('on') ? 'elsewhere' : 'here'],
  };
}

/** Numbers of seconds from the first to the last are taken for a port, unless they have a unit or there is a filter. */
const takenForPort = [1000, 65_535] as const;

/** Refuses `--wait 8080`, which any socket would satisfy at once. */
function refusePort(
  flags: GivenFlags,
  name: 'wait' | 'wait-gone',
  { report, protocols }: Query,
): void {
  const value = flags.value(name) ?? '';
  const [first, last] = takenForPort;
  if (!/^\d+$/.test(value) || Number(value) < first || Number(value) > last) return;
  const isFiltered = allFlags.some((flag) => flag.group === 'filters' && flags.has(nameOf(flag)));
  if (flags.words.length > 0 || isFiltered || report !== 'sockets') return;
  const port = isUnixAlone(protocols)
    ? 'UNIX sockets have no ports;'
    : `for the port type --${name} 30 --port ${value},`;
  throw usageError(
    `--${name} ${value}: waits ${value} seconds for any socket; ${port} for the seconds type ${value}s`,
  );
}

function intervalOf(flags: GivenFlags): number | null {
  const behind = isInterval(flags)
    ? parseSeconds('-c', flags.words[0] as string, leastInterval)
    : null;
  const interval = behind ?? namedIntervalOf(flags);
  const goesOn = flags.has('continuous') || flags.has('live');
  return interval ?? (goesOn ? usualInterval : null);
}

/** A flag's number of seconds as milliseconds; null if it is not given. */
export function seconds(
  flags: GivenFlags,
  name: 'interval' | 'resolve-timeout' | 'wait' | 'wait-gone' | 'on-timeout',
  least: number,
): number | null {
  const text = flags.value(name);
  return text === null ? null : parseSeconds(`--${name}`, text, least);
}

/**
 * Checks the values of --interval and --resolve-timeout.
 * @throws NetstatError `usage`
 */
export function checkSeconds(flags: GivenFlags): void {
  namedIntervalOf(flags);
  resolveTimeoutOf(flags);
}

const namedIntervalOf = (flags: GivenFlags) => seconds(flags, 'interval', leastInterval);

const resolveTimeoutOf = (flags: GivenFlags) => seconds(flags, 'resolve-timeout', 0);
