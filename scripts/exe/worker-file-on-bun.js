/** Replaces src/sources/linux/threads/worker-file.ts in the executables: all threads are within them, in one folder. */

import { basename } from 'node:path';

export function workerFile(path) {
  return new URL(`./${basename(path)}.cjs`, import.meta.url);
}
