import type { Schedule, Wait } from '../model/request/listing.ts';
import { defaultListing } from './default-listing.ts';
import type { GivenFlags } from './given-flags.ts';
import { secondsIn } from './seconds.ts';
import { shownValue, usageError } from './usage.ts';
import { isInterval } from './words-after-flags.ts';

/** The interval of -c alone, in milliseconds. */
const defaultInterval = 1000;

/**
 * When the listing is read.
 * @throws NetstatError `usage`
 */
export function scheduleFrom(flags: GivenFlags): Schedule {
  const { resolveTimeout } = defaultListing.schedule;
  const wait = waitOf(flags);
  return {
    interval: wait === null ? intervalOf(flags) : null,
    resolveTimeout: resolveTimeoutOf(flags) ?? resolveTimeout,
    wait,
  };
}

/** Milliseconds between two looks. */
const defaultLook = 200;

/** The same for other machines, in milliseconds: each look is a connection. */
const defaultLookElsewhere = 1000;

function waitOf(flags: GivenFlags): Wait | null {
  const [name, other] = (['wait', 'wait-gone'] as const).filter((one) => flags.has(one));
  if (name === undefined) return null;
  if (other !== undefined) throw usageError(`--${name} and --${other}: give one of them`);
  if (flags.has('continuous')) {
    throw usageError(`--${name} cannot be used with -c; --interval says how often it checks`);
  }
  return {
    for: name === 'wait' ? 'there' : 'gone',
    timeout: flags.value(name) === '' ? null : seconds(flags, name, 0),
    every: namedIntervalOf(flags) ?? (flags.has('on') ? defaultLookElsewhere : defaultLook),
  };
}

function intervalOf(flags: GivenFlags): number | null {
  const behind = isInterval(flags) ? parseSeconds('-c', flags.words[0] as string, 0.001) : null;
  const interval = behind ?? namedIntervalOf(flags);
  const goesOn = flags.has('continuous') || flags.has('follow') || flags.has('live');
  return interval ?? (goesOn ? defaultInterval : null);
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

const namedIntervalOf = (flags: GivenFlags) => seconds(flags, 'interval', 0.001);

const resolveTimeoutOf = (flags: GivenFlags) => seconds(flags, 'resolve-timeout', 0);

/** setTimeout counts milliseconds in 31 bits. */
const maxSeconds = 2_147_483;

/** @throws NetstatError `usage` */
function parseSeconds(flag: string, text: string, least: number): number {
  const value = secondsIn(text);
  if (!(value >= least && value <= maxSeconds)) {
    throw usageError(
      `${flag} ${shownValue(text)}: expected a number of seconds, ${least} to ${maxSeconds}`,
    );
  }
  return value * 1000;
}
