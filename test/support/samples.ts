import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Captures of real machines, kept beside the project and not in it. Where they are at hand they are
 * more cases of what the fixtures show; no test needs them, and none asserts over them alone.
 */
const folder = ['../shared/samples', '../../shared/samples']
  .map((path) => fileURLToPath(new URL(`../../${path}`, import.meta.url)))
  .find((path) => existsSync(path));

/** The text of a real capture, one character a byte; null where it is not at hand. */
export function sample(path: string): string | null {
  if (folder === undefined) return null;
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file, 'latin1') : null;
}

/** The real captures in a folder, by their paths in it, sorted; none where they are not at hand. */
export function samplesIn(name: string): string[] {
  return folder === undefined ? [] : filesIn(join(folder, name));
}

/** The files in a folder and the folders in it, by their paths in it, sorted. */
export function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}
