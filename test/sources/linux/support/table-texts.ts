import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesIn, sample, samplesIn } from '../../../support/samples.ts';

const folder = fileURLToPath(new URL('../../../../fixtures/linux-tables', import.meta.url));

/** A table of /proc/net as one kernel prints it, one character a byte. */
export interface TableText {
  readonly path: string;
  readonly text: string;
}

/** The table that a real capture holds: `tcp6`, or `net_tcp6` or `procnettcp6` as some are called. */
function tableIn(path: string): string {
  return basename(path)
    .replace(/^(proc_?|\d+_)?net_?/, '')
    .replace(/_(more|broken|without_inode)$/, '');
}

/** What kernels print for a table: fixtures/linux-tables, then the real captures that are at hand. */
export function tableTexts(name: string): readonly TableText[] {
  const made = filesIn(folder)
    .filter((path) => basename(path) === name)
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'latin1') }));
  const real = samplesIn('linux')
    .filter((path) => tableIn(path) === name)
    .map((path) => ({ path, text: sample(`linux/${path}`) ?? '' }));
  return [...made, ...real];
}

/** The lines of a table's text that have anything in them. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
