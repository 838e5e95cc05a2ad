import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Captures of real machines, kept beside the project; where there are none the fixtures do. */
const samples = ['../shared/samples', '../../shared/samples']
  .map((path) => join(root, path))
  .find((path) => existsSync(path));

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isSampleOf(path: string, name: string): boolean {
  return (
    basename(path)
      .replace(/^(proc_?|\d+_)?net_?/, '')
      .replace(/_(more|mcast|broken|without_inode)$/, '') === name
  );
}

/** Every text of a table of /proc/net that there is, one character a byte. */
export function linuxSeeds(name: string): readonly string[] {
  const fixtures = filesIn(join(root, 'fixtures/linux')).filter((path) =>
    path.endsWith(`/net/${name}`),
  );
  const real =
    samples === undefined
      ? []
      : filesIn(join(samples, 'linux')).filter((path) => isSampleOf(path, name));
  return [...fixtures, ...real]
    .map((path) => readFileSync(path, 'latin1'))
    .filter((text) => text !== '');
}

/** Every fixture of that name, whatever release it is of. */
export function fixtureSeeds(
  platform: 'linux' | 'darwin' | 'win32',
  name: string,
): readonly string[] {
  return filesIn(join(root, 'fixtures', platform))
    .filter((path) => basename(path) === name)
    .map((path) => readFileSync(path, 'utf8'))
    .filter((text) => text !== '');
}
