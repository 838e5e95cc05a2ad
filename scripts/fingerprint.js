// Tells whether build output matches the current sources.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that the package and the executables are built from. */
const inputs = ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.build.json'];

/** For benchmarks, fixtures and Wine only: not part of any program. */
const irrelevant = ['bench', 'capture', 'wine'].map((folder) => join('scripts', folder));

/** The fingerprint of dist/; if it is missing, a build did not finish. */
const ofPackage = 'dist/fingerprint';

/** The fingerprints of the executables in dist-exe/. */
const ofExecutables = 'dist-exe/fingerprints.json';

function filesIn(root, path) {
  if (irrelevant.includes(path)) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesIn(root, join(path, name)));
}

/** A hash of the sources of the project in `root`. */
export function fingerprint(root) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((path) => filesIn(root, path))) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Whether dist/ is what `npm run build` would make now. */
export function isPackageFresh(root) {
  const file = join(root, ofPackage);
  return existsSync(file) && readFileSync(file, 'utf8') === fingerprint(root);
}

/** Records the sources that dist/, which is complete now, was built from. */
export function signPackage(root, of) {
  writeFileSync(join(root, ofPackage), of);
}

function executables(root) {
  const file = join(root, ofExecutables);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Whether an executable in dist-exe/ is what `npm run build:exe` would make now. */
export function isExecutableFresh(root, file) {
  return executables(root)[file] === fingerprint(root);
}

/** Records the sources that an executable in dist-exe/ was built from. */
export function signExecutable(root, file, of) {
  const known = { ...executables(root), [file]: of };
  writeFileSync(join(root, ofExecutables), `${JSON.stringify(known, null, 2)}\n`);
}
