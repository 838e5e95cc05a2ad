// Run by Bun, not by Node: makes one executable. Its argument, as JSON:
// {entries, outfile, target, executable, version, native: the file that stands for sources/native.ts}
import { build } from 'bun';

const { entries, outfile, target, executable, version, native } = JSON.parse(process.argv[2]);

/** Calls into system libraries go through Bun's FFI. */
const nativePart = {
  name: 'native-part',
  setup(build) {
    build.onResolve({ filter: /\/native\.ts$/ }, () => ({ path: native }));
  },
};

const { success, logs } = await build({
  entrypoints: entries,
  // In the same directory, with the names they have in dist/: that is how they find each other.
  naming: { entry: '[name].cjs' },
  format: 'esm',
  // Measured to start fastest: in parts, of which only those needed are decoded, as bytecode, and with the JIT
  // delayed (jitPolicy below): it does not pay off in a run of 10 ms.
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
    // It may run as root in other users' directories: no file there may change what it does.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
});
for (const log of logs) console.error(String(log));
process.exit(success ? 0 : 1);
