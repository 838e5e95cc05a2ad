import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Captures of real machines, kept outside the project. If available, they are additional cases beside the fixtures; no
 * test depends on them alone.
 */
const folder = ['../shared/samples', '../../shared/samples']
  .map((path) => fileURLToPath(new URL(`../../${path}`, import.meta.url)))
  .find((path) => existsSync(path));

/** Returns the text of a real capture, one character per byte; null if not available. */
export function sample(path: string): string | null {
  if (folder === undefined) return null;
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file, 'latin1') : null;
}

/** Returns the real captures in a directory, as sorted paths relative to it; none if not available. */
export function samplesIn(name: string): string[] {
  return folder === undefined ? [] : filesIn(join(folder, name));
}

/** Returns all files below a directory, as sorted paths relative to it. */
export function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}
