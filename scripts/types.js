// The types of the library: dist/types/, from src/library.ts.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A relative import or export of a declaration file, up to the ending that the compiler leaves as it is. */
const relativeImport = /(\b(?:from|import)\s*\(?\s*['"])(\.\.?\/[^'"]+)\.ts(?=['"])/g;

/**
 * Writes them with the compiler, which leaves `./model/socket.ts` as it is. Programs that import the package may
 * lack the option that allows that, so the ending becomes `.js`. Files that the library's types do not need are removed.
 */
export function writeTypes(root) {
  const folder = join(root, 'dist/types');
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  const reached = new Set();
  const waiting = [join(folder, 'library.d.ts')];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const text = readFileSync(file, 'utf8');
    const rewritten = text.replace(relativeImport, (_, before, path) => {
      waiting.push(join(dirname(file), `${path}.d.ts`));
      return `${before}${path}.js`;
    });
    writeFileSync(file, rewritten);
  }
  removeAllBut(reached, folder);
}

function removeAllBut(kept, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      if (!kept.has(path)) rmSync(path);
      continue;
    }
    removeAllBut(kept, path);
    if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}
