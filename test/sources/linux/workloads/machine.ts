import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A link, to a path of the same machine. */
interface Link {
  readonly to: string;
}

/** Files by their absolute paths: text, JSON, or links. */
export type MachineFiles = Readonly<Record<string, string | Buffer | Link | object>>;

/** Writes files under a root that there is already. */
export function addFiles(root: string, files: MachineFiles): void {
  for (const [path, content] of Object.entries(files)) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(place, content);
    else if ('to' in content) symlinkSync(content.to as string, place);
    else writeFileSync(place, JSON.stringify(content));
  }
}

/** The root of a machine that has these files; it goes when the test ends. */
export function machineRoot(files: MachineFiles = {}): string {
  const root = temporaryFolder('root-');
  addFiles(root, files);
  return root;
}
