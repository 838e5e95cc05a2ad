// Compiles AssemblyScript: each src/**/NAME.as.ts becomes NAME.wasm.ts beside it, which is not in git. Whatever reads
// TypeScript can import that: bundlers, Vitest, and Node itself.
//   node scripts/assemble.js
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesUnder } from './files-under.js';
import { withLock } from './lock.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const flags = ['-O3', '--converge', '--noAssert', '--runtime', 'stub'];

/** Compiles what is newer than its module. */
export async function assemble() {
  const sources = filesUnder(join(root, 'src'));
  for (const name of sources.filter((file) => file.endsWith('.as.ts'))) {
    const source = join(root, 'src', name);
    const module = source.replace(/\.as\.ts$/, '.wasm.ts');
    const head = headOf(source);
    const isFresh = () => existsSync(module) && readFileSync(module, 'utf8').startsWith(head);
    if (isFresh()) continue;
    await withLock(join(root, '.cache/assemble.lock'), () => {
      if (!isFresh()) writeFileSync(module, `${head}export const wasm = '${compiled(source)}';\n`);
    });
  }
}

/** Vitest calls this before the first unit test. */
export const setup = assemble;

/** How a module begins that was made from this source, by this compiler. */
function headOf(source) {
  const require = createRequire(import.meta.url);
  const { version } = JSON.parse(
    readFileSync(require.resolve('assemblyscript/package.json'), 'utf8'),
  );
  const hash = createHash('sha256')
    .update([version, ...flags].join())
    .update(readFileSync(source));
  return `// Made by scripts/assemble.js: ${hash.digest('hex')}\n/** A WebAssembly module, as base64. */\n`;
}

/** @throws with the compiler's messages, of which there must be none */
function compiled(source) {
  const binary = join(root, '.cache/assembled.wasm');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  const { status, stderr } = spawnSync(
    process.execPath,
    [compiler, source, ...flags, '--outFile', binary],
    { encoding: 'utf8' },
  );
  if (status !== 0 || stderr !== '') throw new Error(`${source}: not compiled\n${stderr}`);
  const base64 = readFileSync(binary).toString('base64');
  rmSync(binary);
  return base64;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await assemble();
