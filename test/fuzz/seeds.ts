import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableTexts } from '../sources/linux/support/table-texts.ts';
import { filesIn } from '../support/samples.ts';

const root = fileURLToPath(new URL('../../fixtures', import.meta.url));

function fixtureTexts(
  folder: string,
  encoding: 'latin1' | 'utf8',
  isWanted: (path: string) => boolean,
) {
  return filesIn(join(root, folder))
    .filter(isWanted)
    .map((path) => readFileSync(join(root, folder, path), encoding));
}

/** Every text of a table of /proc/net that there is, one character a byte. */
export function linuxSeeds(name: string): readonly string[] {
  const captured = fixtureTexts('linux', 'latin1', (path) => path.endsWith(`/net/${name}`));
  return [...captured, ...tableTexts(name).map(({ text }) => text)].filter((text) => text !== '');
}

/** Every fixture of that name, whatever release it is of. */
export function fixtureSeeds(
  platform: 'linux' | 'darwin' | 'win32',
  name: string,
): readonly string[] {
  return fixtureTexts(platform, 'utf8', (path) => basename(path) === name).filter(
    (text) => text !== '',
  );
}
