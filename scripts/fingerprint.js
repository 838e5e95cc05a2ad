// Tells whether what was built is of the sources as they are now.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** All that decides what the package and the executables are. */
const inputs = ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.build.json'];

/** These make load, make fixtures or set Wine up: nothing of them is in a program. */
const irrelevant = ['bench', 'capture', 'wine'].map((folder) => join('scripts', folder));

/** Where the build of dist/ leaves its fingerprint; where it is missing, a build did not end. */
const ofPackage = 'dist/fingerprint';

/** Where the build of dist-exe/ leaves those of the executables. */
const ofExecutables = 'dist-exe/fingerprints.json';

function filesIn(root, path) {
  if (irrelevant.includes(path)) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesIn(root, join(path, name)));
}

/** The sources of the project in `root`, as one word. */
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

/** Notes what dist/, which is complete now, was made of. */
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

/** Notes what an executable in dist-exe/ was made of. */
export function signExecutable(root, file, of) {
  const known = { ...executables(root), [file]: of };
  writeFileSync(join(root, ofExecutables), `${JSON.stringify(known, null, 2)}\n`);
}
