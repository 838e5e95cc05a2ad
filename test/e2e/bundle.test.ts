import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, type Format } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { snapshot } from '../../src/library.ts';
import { version } from '../../src/version.ts';
import { script } from '../scripts/script.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { root } from './support/built-bin.ts';

const library = join(root, 'dist/library.js');
const { workers } = await script<{ workers: readonly string[] }>('workers.js');
const formats: readonly (readonly [Format, string])[] = [
  ['cjs', 'cjs'],
  ['esm', 'mjs'],
];

/** Bundles a program, which gets at the library as `library`, as `dist/NAME` of a folder of its own. */
async function bundled(program: string, format: Format, name: string): Promise<string> {
  const folder = temporaryFolder('bundled-');
  const outfile = join(folder, 'dist', name);
  const contents = `import * as library from ${JSON.stringify(library)}; ${program}`;
  await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    platform: 'node',
    format,
    outfile,
    // For it a bundler may write the path of a machine where others have other files.
    define: { 'import.meta.url': JSON.stringify(`file://${library}`) },
    logLevel: 'silent',
  });
  return outfile;
}

function run(program: string, ...args: readonly string[]) {
  return runWith('', program, ...args);
}

/** `options`: those of Node. */
function runWith(options: string, program: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: options },
  });
}

describe.each(formats)('the library in a bundle of esbuild: %s', (format, ending) => {
  it('works', async () => {
    const procRoot = join(root, 'fixtures/linux/quiet-laptop');
    const program = await bundled(
      `const { snapshot, NetstatError } = library;
      snapshot({ procRoot: process.argv[2], owners: true }).then(async ({ sockets }) => {
        const refused = await snapshot({ port: null }).catch((error) => error);
        console.log(JSON.stringify([sockets.length, refused instanceof NetstatError]));
      });`,
      format,
      `program.${ending}`,
    );
    const { stdout, stderr } = run(program, procRoot);
    expect(stderr).toBe('');
    const { sockets } = await snapshot({ procRoot });
    expect(JSON.parse(stdout)).toEqual([sockets.length, true]);
  });

  const onLinux = reasonToSkip({ platforms: ['linux'] });
  it.skipIf(onLinux !== null)(
    `loads the native part from beside it${because(onLinux)}`,
    async () => {
      const program = await bundled(
        `library.snapshot({ protocols: ['tcp'], tcpInfo: true }).then(({ warnings }) =>
          console.log(JSON.stringify(warnings.map(({ code }) => code))));`,
        format,
        `program.${ending}`,
      );
      expect(JSON.parse(run(program).stdout)).not.toEqual([]);
      symlinkSync(join(root, 'node_modules'), join(program, '../node_modules'));
      expect(JSON.parse(run(program).stdout)).toEqual([]);
      expect(JSON.parse(runWith('--frozen-intrinsics', program).stdout)).toEqual([]);
    },
  );
});

/** Uses what would start threads, and prints the names of the files of those that were started. */
const threading = `
  import { syncBuiltinESMExports } from 'node:module';
  import { createServer } from 'node:net';
  import threads from 'node:worker_threads';
  const started = new Set();
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      started.add(String(file).split('/').at(-1));
      super(file, options);
    }
  };
  syncBuiltinESMExports();
  (async () => {
    const events = library.follow({ interval: 20 });
    // Something to tell, whatever else this machine does.
    const opening = setInterval(() => createServer().listen(0, '127.0.0.1'), 100);
    await events.next();
    clearInterval(opening);
    await events.return();
    await library.snapshot({ owners: true, netns: 'all' });
    console.log(JSON.stringify([...started].sort()));
    process.exit();
  })();`;

const reason = reasonToSkip({ platforms: ['linux'], root: true });

describe.skipIf(reason !== null)(`threads${because(reason)}`, () => {
  it('are used where the library is not in a bundle', () => {
    const file = join(temporaryFolder('unbundled-'), 'program.mjs');
    writeFileSync(file, `import * as library from ${JSON.stringify(library)}; ${threading}`);
    expect(JSON.parse(run(file).stdout)).toEqual(['closings-worker.cjs', 'netns-worker.cjs']);
  });

  it.each([
    ["another user's, where everybody can make files", 'program.mjs', 54_321, 'tsnetstat'],
    ["another user's, as if the bundle were this package", 'library.js', 54_321, 'tsnetstat'],
    ["those of the program, by the library's own names", 'library.js', 0, 'program'],
  ])('are never what is beside a bundle: %s', async (_, file, user, name) => {
    const program = await bundled(threading, 'esm', file);
    const dist = dirname(program);
    const plant = (path: string, text: string) => {
      writeFileSync(path, text);
      chownSync(path, user, user);
    };
    const ran = join(dist, 'ran');
    for (const worker of workers) {
      const text = `require('node:fs').writeFileSync(${JSON.stringify(ran)}, '')`;
      plant(join(dist, `${basename(worker, '.ts')}.cjs`), text);
    }
    plant(join(dist, '../package.json'), JSON.stringify({ name, version, type: 'module' }));
    for (const folder of [dist, dirname(dist)]) chmodSync(folder, 0o1777);
    symlinkSync(join(root, 'node_modules'), join(dist, 'node_modules'));
    const { stdout, stderr } = run(program);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([]);
    expect(existsSync(ran)).toBe(false);
  });
});

describe('the built library has nothing that bundlers replace', () => {
  const text = readFileSync(library, 'utf8');
  it.each([
    ['import.meta', /\bimport\.meta\b/],
    ['createRequire by its name', /\bimport\s*\{[^}]*\bcreateRequire\b/],
  ])('%s', (_, pattern) => {
    expect(text).not.toMatch(pattern);
  });
});
