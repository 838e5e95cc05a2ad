import { type ErrorDetails, NetstatError } from '../errors.ts';
import { shortened } from '../text/shortened.ts';

/** The beginning of a value, for a message; an empty one, as from an empty variable, is made visible. */
export function shownValue(text: string): string {
  return text === '' ? "''" : shortened(text);
}

/** An invalid command line: what is wrong and what to write instead, in one line. */
export function usageError(message: string, details: ErrorDetails = {}): NetstatError {
  return new NetstatError('usage', message, details);
}

/** The same about a flag, as it is typed, that may be meant as another tool's. */
export function foreignFlag(flag: string, message: string): NetstatError {
  return usageError(message, { path: flag, about: { flag } });
}
