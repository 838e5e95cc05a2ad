import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProcTree } from './proc-tables.ts';

function makeParent(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** Writes a made-up /proc into a folder. */
export function writeProc(folder: string, tree: ProcTree): void {
  for (const [name, content] of Object.entries(tree.files)) {
    writeFileSync(makeParent(join(folder, name)), content);
  }
  for (const [name, target] of Object.entries(tree.links)) {
    symlinkSync(target, makeParent(join(folder, name)));
  }
}
