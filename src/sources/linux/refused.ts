import { errorNaming, isNetstatError, type NetstatError } from '../../errors.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import { errnoOf, isForbidden } from './proc/proc.ts';

/** Advice for an error of the system, by its code. */
const remedies: Readonly<Record<string, string>> = {
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
  ENFILE: 'too many open files on this machine',
  ENOMEM: 'out of memory',
  EISDIR: 'a folder, not a file',
};

/** The error for a file that exists but could not be opened or read, or for a program that could not be run. */
export function refused(
  source: string,
  error: unknown,
  done: 'read' | 'run' = 'read',
): NetstatError {
  if (isNetstatError(error)) return error;
  const code = errnoOf(error);
  const remedy = remedies[code];
  const what = isForbidden(code)
    ? 'permission denied; run as root, or where the system lets programs read it'
    : `cannot be ${done} (${code || String(error)})${remedy === undefined ? '' : `: ${remedy}`}`;
  return errorNaming('unreadable', source, what, { cause: error });
}

/** The warning for a file that is missing from an answer, with the error from `refused`. */
export function refusedWarning(source: string, { message, cause }: NetstatError): Warning {
  const code = isForbidden(errnoOf(cause)) ? 'forbidden' : 'unreadable';
  return { code, message, source };
}
