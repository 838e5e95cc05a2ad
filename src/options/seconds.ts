import type { NetstatError } from '../errors.ts';
import { longestTimer } from '../model/request/listing.ts';
import { shownValue, usageError } from './usage.ts';

const perUnit = { '': 1, ms: 0.001, s: 1, m: 60, h: 3600 } as const;

const form = /^(\d+(?:\.\d*)?|\.\d+)(ms|s|m|h)?$/i;

/** A number of seconds, which may have another unit: `2`, `0.5`, `500ms`, `5m`; NaN if it is none. */
export function secondsIn(text: string): number {
  const [, number, unit = ''] = form.exec(text) ?? [];
  if (number === undefined) return Number.NaN;
  return Number((Number(number) * perUnit[unit.toLowerCase() as keyof typeof perUnit]).toFixed(6));
}

/** The shortest time between two readings, in seconds. */
export const leastInterval = 0.001;

const maxSeconds = Math.floor(longestTimer / 1000);

/**
 * The seconds that a flag was given, as milliseconds. `least`: in seconds.
 * @throws NetstatError `usage`
 */
export function parseSeconds(flag: string, text: string, least: number): number {
  const value = secondsIn(text);
  if (Number.isNaN(value)) throw notSeconds(flag, text);
  if (!(value >= least && value <= maxSeconds)) {
    throw usageError(
      `${flag} ${shownValue(text)}: expected a number of seconds, ${least} to ${maxSeconds}`,
    );
  }
  return value * 1000;
}

/** The error for a flag whose seconds are no number. */
export function notSeconds(flag: string, text: string): NetstatError {
  return usageError(
    `${flag} ${shownValue(text)}: expected a number of seconds, or a time such as 500ms or 5m`,
  );
}
