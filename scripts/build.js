// Builds dist/ (the program, the library, the types, the licences) and man/.
//   node scripts/build.js [--dev] [--if-stale]
// --dev: readable, with source maps for debugging; not for the registry.
// --if-stale: only if dist/ does not match the current sources.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { assemble } from './assemble.js';
import { bundledPackages, bundleLibrary, bundleProgram } from './bundles.js';
import { fingerprint, isPackageFresh, signPackage } from './fingerprint.js';
import { withLock } from './lock.js';
import { writeManPage } from './man-page.js';
import { writeTypes } from './types.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function build(isDev) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const settings = { root, version, isDev };
  await assemble();
  const sources = fingerprint(root);
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const metafiles = [...(await bundleProgram(settings)), ...(await bundleLibrary(settings))];
  await writeManPage(settings);
  writeTypes(root);
  const folders = bundledPackages(root, metafiles);
  writeFileSync(join(root, 'dist/THIRD-PARTY-LICENSES'), licences(folders));
  // A development build must not be taken for the package.
  if (isDev) return;
  // The first run writes the code cache (src/start).
  spawnSync(process.execPath, [join(root, 'bin/tsnetstat.js'), '-tulpn'], { stdio: 'ignore' });
  // The last step: it marks the build as complete.
  signPackage(root, sources);
}

/** The licences of the packages in the bundles, which must be passed on with them. */
function licences(folders) {
  return folders
    .map((folder) => {
      const {
        name,
        version: packaged,
        license,
      } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`${basename(folder)}: no licence file`);
      const text = readFileSync(join(folder, file), 'utf8').trim();
      return `${name} ${packaged} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(72)}\n\n`);
}

const { values } = parseArgs({
  options: { dev: { type: 'boolean' }, 'if-stale': { type: 'boolean' } },
});
await withLock(join(root, '.cache/build.lock'), async () => {
  if (!values['if-stale'] || !isPackageFresh(root)) await build(values.dev === true);
});
