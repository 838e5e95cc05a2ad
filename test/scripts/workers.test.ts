import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { script } from './script.ts';

const { workers } = await script<{ readonly workers: readonly string[] }>('workers.js');

test('every thread is built, and there is no other', () => {
  const root = join(import.meta.dirname, '../..');
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const threads = files
    .filter((file) => file.endsWith('-worker.ts'))
    .map((file) => `src/${file.replaceAll('\\', '/')}`);
  expect([...workers].sort()).toEqual(threads.sort());
});
