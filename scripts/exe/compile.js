// Run by Bun, not by Node: makes one executable. Its argument, as JSON:
// {entries, outfile, target, executable, version, standIns: by the end of a source's path, the file that stands for it}
import { build } from 'bun';

const { entries, outfile, target, executable, version, standIns } = JSON.parse(process.argv[2]);

/** Puts files in the place of sources. */
const replacing = {
  name: 'replacing',
  setup(build) {
    for (const [end, path] of Object.entries(standIns)) {
      const filter = new RegExp(`${end.replaceAll('.', '\\.')}$`);
      build.onResolve({ filter }, () => ({ path }));
    }
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
  plugins: [replacing],
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
