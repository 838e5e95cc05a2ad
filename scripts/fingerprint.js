// Tells whether build output matches the current sources.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from './files-under.js';

/** Everything that the package and the executables are built from: all files of folders, and single ones. */
const folders = ['src', 'scripts'];
const files = ['package.json', 'package-lock.json', 'tsconfig.build.json'];

/** For benchmarks, fixtures and Wine only: not part of any program. */
const irrelevant = ['bench', 'capture', 'wine'].map((folder) => join('scripts', folder, '/'));

/** The fingerprint of dist/; if it is missing, a build did not finish. */
const ofPackage = 'dist/fingerprint';

/** The fingerprints of the executables in dist-exe/. */
const ofExecutables = 'dist-exe/fingerprints.json';

/** The files that count, in a fixed order. */
function inputsIn(root) {
  const found = folders.flatMap((folder) =>
    filesUnder(join(root, folder)).map((file) => join(folder, file)),
  );
  const relevant = found.filter((file) => !irrelevant.some((folder) => file.startsWith(folder)));
  return [...relevant, ...files].sort();
}

/** A hash of the sources of the project in `root`. */
export function fingerprint(root) {
  const hash = createHash('sha256');
  for (const file of inputsIn(root)) {
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
