import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Calls `use` with the path of a file that holds `content`, which ends with it. */
export async function withFile<T>(
  content: string | Uint8Array,
  use: (path: string) => T | Promise<T>,
): Promise<T> {
  const folder = temporaryFolder('tsnetstat-');
  try {
    const path = join(folder, 'file');
    writeFileSync(path, content);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
