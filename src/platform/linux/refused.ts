import { NetstatError } from '../../errors.js';
import { errnoOf, isForbidden } from './proc.js';

/** The error for a file that is there and could not be read. */
export function refused(source: string, error: unknown): NetstatError {
  const code = errnoOf(error);
  return new NetstatError(
    'unreadable',
    isForbidden(code)
      ? `${source}: permission denied; run as root, or where the system lets programs read it`
      : `${source}: cannot be read (${code || String(error)})`,
    { path: source, cause: error },
  );
}
