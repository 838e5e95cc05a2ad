// The bundles of dist/: how each is made, and why.
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

/** commander starts executable subcommands; this program has none, and Node's module for it is slow to load. */
const withoutChildProcess = {
  name: 'without-child-process',
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('commander') ? { path: 'nothing', namespace: 'nothing' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '', loader: 'js' }));
  },
};

/** A module in CommonJS has a `require` of its own; to load Node's maker of others takes as long as 300 links. */
const ownRequire = {
  name: 'own-require',
  setup(build) {
    build.onResolve({ filter: /^node:module$/ }, () => ({ path: 'require', namespace: 'own' }));
    build.onLoad({ filter: /.*/, namespace: 'own' }, () => ({
      contents: 'export const createRequire = () => require;',
      loader: 'js',
    }));
  },
};

/** `isDev`: what a person reads and a debugger steps through, rather than what starts fast. */
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
 * What is imported dynamically and stands in the program all the same, where the code cache spares its compilation:
 * what nearly every run on Linux needs, and what many do. All else becomes a bundle of its own.
 */
const inProgram = ['src/sources/linux/index.ts', 'src/options/parse-flags.ts'];

/** `src/views/text/table.ts` → `views-text-table.cjs` */
function bundleName(file) {
  return `${file
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-')}.cjs`;
}

/** For CommonJS, and not before it is asked for: Node takes half a millisecond to make a URL. */
const importMeta =
  'const importMeta={get url(){return require("node:url").pathToFileURL(__filename).href}};';

/** What src/start calls: Node's module wrapper, here already, so that the text need not be copied. */
const programHead = '(function(exports,require,module,__filename,__dirname){';

/** For development: Node's own loader, which reads source maps, so that stack traces name the sources. */
const devStart = "process.setSourceMapsEnabled(true);require('./program.cjs');\n";

/**
 * The program: CommonJS, because Node starts it faster (no asynchronous loader, no facades around its
 * own modules), and in parts, because what is not loaded need not be parsed. Each part is whole in
 * itself: what several need, each has.
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
  const options = {
    ...common(settings),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    // `require`, since `import()` would start Node's ES module loader.
    supported: { 'dynamic-import': false },
    banner: { js: importMeta },
  };
  options.define = { ...options.define, 'import.meta.url': 'importMeta.url' };
  options.plugins = [...options.plugins, ownRequire, parts];

  const program = { ...options, entryPoints: { program: 'src/cli.ts' }, outdir: 'dist' };
  const workers = {
    'read-worker': 'src/sources/linux/reader/read-worker.ts',
    'netns-worker': 'src/sources/linux/namespaces/netns-worker.ts',
    'walk-worker': 'src/sources/linux/owners/walk-worker.ts',
    'closings-worker': 'src/sources/linux/closings/closings-worker.ts',
  };
  const start = { start: 'src/start/start.ts' };
  const wrapped = {
    ...program,
    banner: { js: programHead + importMeta },
    footer: { js: '})' },
    outExtension: {},
  };
  const results = [
    await build(isDev ? program : wrapped),
    await build({
      ...options,
      entryPoints: isDev ? workers : { ...start, ...workers },
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

/** The library: one ES module without commander; what its users do not call is loaded when called. */
export async function bundleLibrary(settings) {
  const { metafile } = await build({
    ...common(settings),
    entryPoints: { library: 'src/library.ts' },
    // Its users see the class of its errors.
    keepNames: true,
    format: 'esm',
    outdir: 'dist',
  });
  return [metafile];
}

/** The folders of the packages whose code is in these bundles. */
export function bundledPackages(root, metafiles) {
  const folders = new Set();
  for (const input of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match !== null) folders.add(join(root, match[1]));
  }
  return [...folders].sort();
}
