import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../../docs/measurements.md', import.meta.url));
const biome = fileURLToPath(
  new URL('../../node_modules/@biomejs/biome/bin/biome', import.meta.url),
);
const begin = '<!-- results: npm run bench -- --markdown -->';
const end = '<!-- end of results -->';

/** Replaces the results in docs/measurements.md. */
export function writeResults(text) {
  const old = readFileSync(page, 'utf8');
  const from = old.indexOf(begin);
  const to = old.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${page}: no place for results (${begin} … ${end})`);
  writeFileSync(page, `${old.slice(0, from + begin.length)}\n\n${text.trim()}\n\n${old.slice(to)}`);
  execFileSync(process.execPath, [biome, 'format', '--write', page], { stdio: 'ignore' });
}
