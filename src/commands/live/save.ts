import { isNetstatError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { SourceFor } from '../../sources/source.ts';
import type { Message } from '../../views/live/state.ts';

/**
 * Saves the answer like `--save`, in the current directory; the name has the time, to the millisecond. It is
 * read anew, with all that a file has: `isPaused`, which the message says then, since the screen shows an earlier reading.
 * @returns a message about it
 */
export async function saveAsked(
  { query, view, schedule, target }: Listing,
  host: Host,
  sourceFor: SourceFor,
  isPaused: boolean,
): Promise<Message> {
  const path = `tsnetstat-${new Date().toISOString().slice(0, 23).replace(/[:.]/g, '-')}.json`;
  const listing = {
    query,
    target,
    schedule: { ...schedule, interval: null },
    view: { ...view, format: 'json', columns: null, programs: true } as const,
  };
  // Standard error is used by the screen; warnings are in the file.
  const stderr = { write: () => {}, isTerminal: false, columns: null };
  try {
    const { save } = await import('../save.ts');
    await save(listing, { path, mode: null }, { ...host, stderr }, sourceFor);
    const text = isPaused ? `read anew, and saved in ${path}` : `saved in ${path}`;
    return { text, isError: false };
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return { text: error.message, isError: true };
  }
}
