// Builds dist-exe/: the program as single files that need no Node, made with Bun's compiler.
//   npm run build:exe [-- TARGET...]    all of them, or those named: linux-x64, windows-x64, …
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmPackage } from './exe/npm-package.js';
import { isSigned, signed } from './exe/sign-macho.js';
import { bunNotice, bunVersion, hostTarget, targets } from './exe/targets.js';
import { fingerprint, signExecutable } from './fingerprint.js';
import { workers } from './workers.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'dist-exe');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The Bun of a target: the builder, or part of an executable. */
function bunOf({ package: name, integrity, bun }) {
  const folder = npmPackage(name, bunVersion, integrity);
  return join(folder, 'bin', bun.startsWith('bun-windows') ? 'bun.exe' : 'bun');
}

function compile(builder, target) {
  const task = {
    entries: ['src/cli.ts', ...workers].map((file) => join(root, file)),
    outfile: join(out, target.file),
    target: `${target.bun}-v${bunVersion}`,
    executable: bunOf(target),
    version,
    standIns: {
      '/native.ts': join(root, 'scripts/exe/native-on-bun.js'),
      '/worker-file.ts': join(root, 'scripts/exe/worker-file-on-bun.js'),
    },
  };
  execFileSync(builder, [join(root, 'scripts/exe/compile.js'), JSON.stringify(task)], {
    cwd: root,
    stdio: 'inherit',
  });
}

/** macOS starts no program without a valid signature. */
function sign(target) {
  const file = join(out, target.file);
  const bytes = readFileSync(file);
  if (!isSigned(bytes)) writeFileSync(file, signed(bytes, 'tsnetstat'));
}

/** LICENSES: the project's own, Bun's, and those of the packages in the bundles, as in dist/. */
function writeLicences() {
  const manual = npmPackage(bunNotice.package, bunVersion, bunNotice.integrity);
  const texts = [
    readFileSync(join(root, 'LICENSE'), 'utf8').trim(),
    `Bun ${bunVersion}, which runs the program (https://bun.com)\n\n${readFileSync(join(manual, bunNotice.file), 'utf8').trim()}`,
    readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES'), 'utf8').trim(),
  ];
  writeFileSync(join(out, 'LICENSES'), `${texts.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`);
}

/** SHA256SUMS of everything in the folder, as sha256sum -c reads it. */
function writeChecksums() {
  const files = readdirSync(out).filter((file) => file.startsWith('tsnetstat-'));
  const lines = files.sort().map((file) => {
    const hash = createHash('sha256')
      .update(readFileSync(join(out, file)))
      .digest('hex');
    return `${hash}  ${file}\n`;
  });
  writeFileSync(join(out, 'SHA256SUMS'), lines.join(''));
}

function wanted(names) {
  if (names.length === 0) return targets;
  return names.map((name) => {
    const target = targets.find(({ file }) => file.replace(/^tsnetstat-|\.exe$/g, '') === name);
    if (target === undefined) throw new Error(`${name}: not one of the targets`);
    return target;
  });
}

try {
  mkdirSync(out, { recursive: true });
  const chosen = wanted(process.argv.slice(2));
  const builder = bunOf(hostTarget());
  const sources = fingerprint(root);
  for (const target of chosen) {
    compile(builder, target);
    if (target.bun.startsWith('bun-darwin')) sign(target);
    signExecutable(root, target.file, sources);
    console.log(`dist-exe/${target.file}`);
  }
  writeLicences();
  writeChecksums();
} catch (error) {
  console.error(`build-exe: ${error.message}`);
  process.exit(1);
}
