// Builds dist/ (the program, the library, the types, the licences) and man/.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPackages, bundleLibrary, bundleProgram } from './bundles.js';
import { writeManPage } from './man-page.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const settings = { root, version };

rmSync(join(root, 'dist'), { recursive: true, force: true });
const metafiles = [...(await bundleProgram(settings)), ...(await bundleLibrary(settings))];
await writeManPage(settings);
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  { cwd: root, stdio: 'inherit' },
);
// The first run leaves the code cache behind (src/start).
spawnSync(process.execPath, [join(root, 'bin/tsnetstat.js'), '-tulpn'], { stdio: 'ignore' });
writeFileSync(join(root, 'dist/THIRD-PARTY-LICENSES'), licences(bundledPackages(root, metafiles)));

/** The bundles contain these packages, whose licences ask to be passed on with them. */
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
