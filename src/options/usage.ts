import { NetstatError } from '../errors.ts';

/** A mistake on the command line: what it is and what to write instead, in one line. */
export function usageError(message: string): NetstatError {
  return new NetstatError('usage', message);
}
