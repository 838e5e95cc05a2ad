// Run by Bun, not by Node: makes one executable. Its argument, as JSON:
// {entries, outfile, target, executable, version, koffi: the file that stands for koffi, or null}
import { build } from 'bun';

const { entries, outfile, target, executable, version, koffi } = JSON.parse(process.argv[2]);

/** Only Windows needs koffi; elsewhere nothing by that name is looked for at run time. */
const koffiPart = {
  name: 'koffi-part',
  setup(build) {
    build.onResolve({ filter: /^koffi$/ }, ({ path }) =>
      koffi === null ? { path, namespace: 'absent' } : { path: koffi },
    );
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of this executable');`,
      loader: 'js',
    }));
  },
};

const { success, logs } = await build({
  entrypoints: entries,
  // Side by side and named as in dist/: that is how they find one another.
  naming: { entry: '[name].cjs' },
  format: 'esm',
  // What starts fastest, measured: in parts, of which only those needed are decoded, as bytecode,
  // and with the JIT compiler delayed (jitPolicy below), which does not pay in a run of 10 ms.
  splitting: true,
  minify: true,
  bytecode: true,
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [koffiPart],
  compile: {
    target,
    executablePath: executable,
    outfile,
    jitPolicy: 10,
    // It runs as root in folders that others own: no file there may change what it does.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
});
for (const log of logs) console.error(String(log));
process.exit(success ? 0 : 1);
