import { NetstatError } from '../errors.ts';
import { shortened } from '../text/shortened.ts';

/** The beginning of a value, for a message; an empty one, as from an empty variable, is made visible. */
export function shownValue(text: string): string {
  return text === '' ? "''" : shortened(text);
}

/**
 * An invalid command line: what is wrong and what to write instead, in one line. `path`: the option concerned, or
 * `expression`, if the user may have meant another tool's syntax.
 */
export function usageError(message: string, path?: string): NetstatError {
  return new NetstatError('usage', message, path === undefined ? {} : { path });
}
