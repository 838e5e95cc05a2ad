import { NetstatError } from '../errors.ts';

/** A value as a message shows it: an empty one, as of a script's variable, is not to be overlooked. */
export function shownValue(text: string): string {
  return text === '' ? "''" : text;
}

/**
 * A mistake on the command line: what it is and what to write instead, in one line. `path`: the option
 * it is about, or `expression`, where a foreign habit may have been meant.
 */
export function usageError(message: string, path?: string): NetstatError {
  return new NetstatError('usage', message, path === undefined ? {} : { path });
}
