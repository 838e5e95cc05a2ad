import { readFileSync } from 'node:fs';
import { version } from '../version.ts';
import { fileLike } from './installed-file.ts';
import { runningFile } from './running-file.ts';

/** Where a file of this package is: built, and in the sources. */
export interface PackagedFile {
  readonly built: string;
  readonly source: string;
}

/** Where this code is when nobody has bundled it: in the package's folder, in a file of the build or of the sources. */
const unbundled =
  /^(.*)\/(?:dist\/(?:library\.js|program\.c?js|parts\/[^/]+\.cjs)|src\/trust\/(running-file\.ts))$/;

/**
 * The real path of a file of this package that may be run. null: there is none, because this code is in a bundle, or
 * because somebody can change that file who cannot change this one. What only has the same name beside a bundle is
 * never taken for it. Not for Windows.
 */
export function packagedFile(
  { built, source }: PackagedFile,
  running = runningFile(),
): string | null {
  const [, folder, isSource] = unbundled.exec(running ?? '') ?? [];
  if (running === null || folder === undefined || !isOurs(folder)) return null;
  try {
    return fileLike(running, `${folder}/${isSource === undefined ? built : source}`);
  } catch {
    return null;
  }
}

/** Whether a folder is that of this package, in this version. */
function isOurs(folder: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    return manifest.name === 'tsnetstat' && manifest.version === version;
  } catch {
    return false;
  }
}
