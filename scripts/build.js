// Builds dist/: one ESM file for the program, one for the library, and the types.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { writeManPage } from './man-page.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const require = createRequire(join(root, 'package.json'));

/** What is CommonJS (commander) or comes by `require` (Node's own modules) needs one; ESM has none. */
const banner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Takes Node's own modules by `require`. To import one as an ES module makes Node read every property
 * of it, and the lazy ones (fs has some) load half of Node: a tenth of a start-up.
 */
const requireBuiltins = {
  name: 'require-builtins',
  setup(build) {
    // commander starts executable subcommands; this program has none, so it need not be loaded for that.
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('commander') ? { path: 'none', namespace: 'nothing' } : undefined,
    );
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : { path, external: true },
    );
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '', loader: 'js' }));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
      loader: 'js',
    }));
  },
};

const options = {
  absWorkingDir: root,
  entryPoints: {
    cli: 'src/cli.ts',
    library: 'src/library.ts',
    'walk-worker': 'src/platform/linux/owners/walk-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [requireBuiltins],
  external: ['chalk', 'cli-table3', 'koffi'],
  banner: { js: banner },
  logLevel: 'warning',
};

if (process.argv.includes('--watch')) {
  await (await context(options)).watch();
} else {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await build(options);
  await writeManPage({ root, version });
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  const licence = join(dirname(require.resolve('commander')), 'LICENSE');
  writeFileSync(
    join(root, 'dist/THIRD-PARTY-LICENSES'),
    `commander is part of cli.js.\n\n${readFileSync(licence, 'utf8')}`,
  );
}
