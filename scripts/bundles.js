// The bundles of dist/: how each is made, and why.
import { writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { build } from 'esbuild';
import { workers } from './workers.js';

/** commander can start executable subcommands; this program has none, and Node's module for it loads slowly. */
const withoutChildProcess = {
  name: 'without-child-process',
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('commander') ? { path: 'nothing', namespace: 'nothing' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '', loader: 'js' }));
  },
};

/**
 * A CommonJS module has a `require` of its own; loading Node's createRequire takes as long as 300 links. The sources
 * import the whole of node:module: `createRequire` by its name webpack would evaluate when it bundles the library.
 */
const ownRequire = {
  name: 'own-require',
  setup(build) {
    build.onResolve({ filter: /^node:module$/ }, () => ({ path: 'require', namespace: 'own' }));
    build.onLoad({ filter: /.*/, namespace: 'own' }, () => ({
      contents: 'export default { createRequire: () => require };',
      loader: 'js',
    }));
  },
};

/**
 * `isDev`: readable and debuggable instead of fast to start.
 * @returns {import('esbuild').BuildOptions}
 */
function common({ root, version, isDev }) {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: !isDev,
    sourcemap: isDev,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    define: { __VERSION__: JSON.stringify(version) },
    plugins: [withoutChildProcess],
  };
}

/**
 * Files that are imported dynamically but stay in the program, where the code cache saves compiling them: what
 * nearly every run on Linux needs, and what many do. All others become bundles of their own.
 */
const inProgram = [
  'src/sources/linux/index.ts',
  'src/sources/linux/bpf/owners-at-once.ts',
  'src/options/parse-flags.ts',
];

/** `src/views/text/table.ts` → `views-text-table.cjs` */
function bundleName(file) {
  return `${file
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-')}.cjs`;
}

/** Node's module wrapper, which src/start needs around the text: adding it here saves a copy. */
const programHead = '(function(exports,require,module,__filename,__dirname){';

/** For development: Node's own loader, which reads source maps, so that stack traces point to the sources. */
const devStart = "process.setSourceMapsEnabled(true);require('./program.cjs');\n";

/**
 * The program: CommonJS, because Node starts it faster (no asynchronous loader, no facades around its own modules),
 * and in parts, because what is not loaded need not be parsed. Each part is self-contained: code that several parts
 * need is in each of them.
 */
export async function bundleProgram(settings) {
  const { root, isDev } = settings;
  const pending = new Set();
  const parts = {
    name: 'parts',
    setup(build) {
      build.onResolve(
        { filter: /^\./ },
        async ({ path, kind, importer, resolveDir, pluginData }) => {
          if (kind !== 'dynamic-import' || pluginData === 'inner') return undefined;
          const found = await build.resolve(path, {
            kind,
            importer,
            resolveDir,
            pluginData: 'inner',
          });
          const file = relative(root, found.path).replaceAll('\\', '/');
          if (inProgram.includes(file)) return found;
          pending.add(file);
          const folder = build.initialOptions.outdir === 'dist' ? './parts/' : './';
          return { path: folder + bundleName(file), external: true };
        },
      );
    },
  };
  /** @type {import('esbuild').BuildOptions} */
  const options = {
    ...common(settings),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    // `require`, since `import()` would start Node's ES module loader.
    supported: { 'dynamic-import': false },
  };
  // CommonJS has none; version.ts asks for it in the sources only.
  options.define = { ...options.define, 'import.meta.url': 'undefined' };
  options.plugins = [...options.plugins, ownRequire, parts];

  const program = { ...options, entryPoints: { program: 'src/cli.ts' }, outdir: 'dist' };
  const threads = Object.fromEntries(workers.map((file) => [basename(file, '.ts'), file]));
  const start = { start: 'src/start/start.ts' };
  const wrapped = {
    ...program,
    banner: { js: programHead },
    footer: { js: '})' },
    outExtension: {},
  };
  const results = [
    await build(isDev ? program : wrapped),
    await build({
      ...options,
      entryPoints: isDev ? threads : { ...start, ...threads },
      outdir: 'dist',
    }),
  ];
  if (isDev) writeFileSync(join(root, 'dist/start.cjs'), devStart);
  const built = new Set();
  while (pending.size > built.size) {
    const files = [...pending].filter((file) => !built.has(file));
    for (const file of files) built.add(file);
    results.push(
      await build({
        ...options,
        entryPoints: Object.fromEntries(
          files.map((file) => [bundleName(file).replace(/\.cjs$/, ''), file]),
        ),
        outdir: 'dist/parts',
      }),
    );
  }
  return results.map(({ metafile }) => metafile);
}

/** The library: one ES module without commander; features that are rarely used are loaded when called. */
export async function bundleLibrary(settings) {
  const { metafile } = await build({
    ...common(settings),
    entryPoints: { library: 'src/library.ts' },
    // The class names of its errors are public.
    keepNames: true,
    format: 'esm',
    outdir: 'dist',
  });
  return [metafile];
}

/** The folders of the packages in these bundles. */
export function bundledPackages(root, metafiles) {
  const folders = new Set();
  for (const input of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match !== null) folders.add(join(root, match[1]));
  }
  return [...folders].sort();
}
