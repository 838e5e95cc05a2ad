import { isNetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Listing } from '../model/listing.ts';
import type { PlatformHost, Source } from '../sources/source.ts';

/**
 * Saves what is asked as `--save` does, in the current folder; the name is one that nothing else has.
 * @returns what is to be said of it
 */
export async function saveAsked(
  { query, view, schedule, target }: Listing,
  host: Host,
  sourceFor: (host: PlatformHost) => Promise<Source>,
): Promise<{ readonly text: string; readonly isError: boolean }> {
  const path = `tsnetstat-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.json`;
  const listing = {
    ...{ query, target, schedule: { ...schedule, interval: null } },
    view: { ...view, format: 'json', columns: null, programs: true } as const,
  };
  // The screen has standard error too; what is missing stands in the file.
  const stderr = { write: () => {}, isTerminal: false, columns: null };
  try {
    const { save } = await import('./save.ts');
    await save(listing, { path, mode: null }, { ...host, stderr }, sourceFor);
    return { text: `saved in ${path}`, isError: false };
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return { text: error.message, isError: true };
  }
}
