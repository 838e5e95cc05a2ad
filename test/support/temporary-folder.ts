import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folders that were made and are not removed yet. */
const made = new Set<string>();

/**
 * Creates a folder whose name begins with `prefix`, and returns its path. It is removed at the end of the test file
 * (`removed-folders.ts`), or of the process.
 */
export function temporaryFolder(prefix: string): string {
  // A test that is skipped makes its folder too, if it is made where tests are only collected: no hook runs for it.
  if (made.size === 0) process.once('exit', removeTemporaryFolders);
  const folder = mkdtempSync(join(tmpdir(), prefix));
  made.add(folder);
  return folder;
}

/** Removes all of them, also those that a test has removed itself. */
export function removeTemporaryFolders(): void {
  process.off('exit', removeTemporaryFolders);
  for (const folder of made) {
    made.delete(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}
