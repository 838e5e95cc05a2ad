import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tsnetstat-exe');

/**
 * Returns the directory of an npm package. If it is not in the user's cache directory yet, it is fetched with npm and
 * unpacked there: nothing is installed, and no script of the package runs.
 * @throws if the download does not match `integrity` (sha512-…)
 */
export function npmPackage(name, version, integrity) {
  const folder = join(cache, `${name.replaceAll('/', '-')}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fetched = mkdtempSync(join(cache, 'fetching-'));
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const [packed] = JSON.parse(
      execFileSync(npm, ['pack', '--json', '--pack-destination', fetched, `${name}@${version}`], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        shell: process.platform === 'win32',
      }),
    );
    const archive = join(fetched, packed.filename);
    check(`${name}@${version}`, readFileSync(archive), integrity);
    execFileSync('tar', ['-xzf', archive, '-C', fetched]);
    // Atomic, so that a directory with this name is always complete.
    renameSync(join(fetched, 'package'), folder);
  } finally {
    rmSync(fetched, { recursive: true });
  }
  return folder;
}

function check(name, bytes, integrity) {
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (found !== integrity) {
    throw new Error(`${name}: the package is not the one expected\n  ${found}\n  ${integrity}`);
  }
}
