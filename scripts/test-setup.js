// Vitest's global setup for the suites that run built programs: these must match the sources.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutableFresh } from './fingerprint.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** An error that Vitest prints as one line, without the useless stack. */
function refusal(message) {
  const error = new Error(message);
  error.stack = message;
  return error;
}

/** Builds the package if it is older than its sources. */
function freshenPackage() {
  const command = [join(root, 'scripts/build.js'), '--if-stale'];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw refusal('the package could not be built: see above');
}

/**
 * Refuses an executable older than its sources, since it takes long to build. Executables from elsewhere are
 * accepted.
 */
function checkExecutable(path) {
  if (!existsSync(path)) throw refusal(`${path}: not found, but $TSNETSTAT_EXE names it`);
  const file = relative(join(root, 'dist-exe'), path);
  const target = /^tsnetstat-([\w-]+)(\.exe)?$/.exec(file)?.[1];
  if (target === undefined || isExecutableFresh(root, file)) return;
  throw refusal(`dist-exe/${file} is older than the sources: npm run build:exe -- ${target}`);
}

/** Vitest calls this before the first test of a project. */
export function setup() {
  freshenPackage();
  const { TSNETSTAT_EXE: executable } = process.env;
  if (executable) checkExecutable(resolve(root, executable));
}
