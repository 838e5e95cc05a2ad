// Writes man/tsnetstat.1 from the flag table, using src/commands/manual.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** @param {{ root: string, version: string }} project */
export async function writeManPage({ root, version }) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/commands/manual.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  const [{ text }] = outputFiles;
  const { manual } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  mkdirSync(join(root, 'man'), { recursive: true });
  writeFileSync(join(root, 'man/tsnetstat.1'), manual(version, dayOfBuild()));
}

/** The date of the build; reproducible builds set it (reproducible-builds.org). */
function dayOfBuild() {
  const seconds = process.env.SOURCE_DATE_EPOCH;
  return new Date(seconds ? Number(seconds) * 1000 : Date.now()).toISOString().slice(0, 10);
}
