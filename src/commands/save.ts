import { exitCode } from '../errors.ts';
import { eventLoopTurn } from '../flow/event-loop.ts';
import type { Host, Output } from '../host.ts';
import { askedOf, type SaveTo } from '../model/request/asked.ts';
import type { Listing } from '../model/request/listing.ts';
import { hostName } from '../saved/host-name.ts';
import { beginSaved, type SavedFile } from '../saved/write-saved.ts';
import type { SourceFor } from '../sources/source.ts';
import { complain } from './complain.ts';
import { list } from './list/list.ts';

/**
 * Lists as JSON, with the question, and writes it atomically into a file.
 * @returns the exit code of the listing
 * @throws NetstatError as `list`, and if the file cannot be written
 */
export async function save(
  listing: Listing,
  to: SaveTo,
  host: Host,
  sourceFor: SourceFor,
): Promise<number> {
  const asked = askedOf(listing, hostName());
  if (to.path === '-') return list(listing, host, sourceFor, { asked });
  return intoFile(to, host, async (write) => {
    const stdout: Output = { write, isTerminal: false, columns: null };
    return list(listing, { ...host, stdout }, sourceFor, { asked, pause: eventLoopTurn });
  });
}

/**
 * Creates a file from what `work` writes, if that ends with exit code 0; otherwise no file is left.
 * @throws NetstatError if the file cannot be written
 */
export async function intoFile(
  { path, mode }: SaveTo,
  host: Host,
  work: (write: Output['write']) => Promise<number>,
): Promise<number> {
  if (mode !== null && host.platform === 'win32') {
    complain(host, '--save-mode: Windows has no such permissions; those of the folder apply');
  }
  let file: SavedFile | null = null;
  // A signal that comes while the file is created finds it too.
  const forget = host.beforeSignal(() => file?.discard());
  try {
    file = beginSaved(path, mode);
    const code = await work(file.write);
    if (code === exitCode.done) file.commit();
    return code;
  } finally {
    file?.discard();
    forget();
  }
}
