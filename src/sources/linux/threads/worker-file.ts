import { basename } from 'node:path';
import { packagedFile } from '../../../trust/packaged-file.ts';

/**
 * The file of a thread, given its path from `sources/linux/` without the ending; in the build all are in one folder.
 * @throws if there is no such file that is certainly ours, as in a bundle (`packagedFile`): then there are no threads
 */
export function workerFile(path: string): string {
  const file = packagedFile({
    built: `dist/${basename(path)}.cjs`,
    source: `src/sources/linux/${path}.ts`,
  });
  if (file === null) throw new Error(`${path} is not installed with this program`);
  return file;
}
