import { NetstatError } from '../errors.ts';

/** A value as shown in a message; an empty one, as from an empty variable, is made visible. */
export function shownValue(text: string): string {
  return text === '' ? "''" : text;
}

/**
 * An invalid command line: what is wrong and what to write instead, in one line. `path`: the option concerned, or
 * `expression`, if the user may have meant another tool's syntax.
 */
export function usageError(message: string, path?: string): NetstatError {
  return new NetstatError('usage', message, path === undefined ? {} : { path });
}
