// Run by Bun, not by Node: makes one executable. Its argument, as JSON:
// {entries, outfile, target, executable, version, native: the file that stands for sources/native.ts}
import { build } from 'bun';

const { entries, outfile, target, executable, version, native } = JSON.parse(process.argv[2]);

/** Calls into libraries of the system go by way of Bun. */
const nativePart = {
  name: 'native-part',
  setup(build) {
    build.onResolve({ filter: /\/native\.ts$/ }, () => ({ path: native }));
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
  plugins: [nativePart],
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
