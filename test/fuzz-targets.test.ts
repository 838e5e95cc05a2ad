import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { targets } from './fuzz/targets/index.ts';

const src = fileURLToPath(new URL('../src', import.meta.url));
const corpus = fileURLToPath(new URL('fuzz/corpus', import.meta.url));

/** What reads, by its name: `parse…`, `decode…`. */
const reader = /^export (?:async )?function\*? ((?:parse|decode)\w*)/gm;

const readers = (readdirSync(src, { recursive: true }) as string[])
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) =>
    [...readFileSync(join(src, path), 'utf8').matchAll(reader)].map(([, name]) => [name, path]),
  );

describe('fuzz targets', () => {
  const covered = new Set(targets.flatMap(({ covers }) => covers));

  it.each(readers)('%s of %s is covered by one', (name) => {
    expect(covered).toContain(name);
  });

  it('have names of their own, by which a corpus belongs to one', () => {
    const names = targets.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const file of readdirSync(corpus)) expect(names).toContain(file.replace(/\.json$/, ''));
  });
});
