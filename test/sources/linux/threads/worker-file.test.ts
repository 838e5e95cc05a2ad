import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { workerFile } from '../../../../src/sources/linux/threads/worker-file.ts';

const sources = join(import.meta.dirname, '../../../../src/sources/linux');

it('is in the sources where this program runs from them', () => {
  expect(workerFile('owners/walk-worker')).toBe(join(sources, 'owners/walk-worker.ts'));
});

it('is an error if there is none', () => {
  expect(() => workerFile('owners/no-such-worker')).toThrow('no-such-worker');
});

it('is what every thread runs', () => {
  const root = join(sources, '../..');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const made = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => readFileSync(join(root, file), 'utf8').match(/new [\w.]*Worker\(.*/g) ?? []);
  expect(made).toHaveLength(4);
  for (const text of made) expect(text).toMatch(/Worker\(workerFile\(/);
});
