import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { script } from './script.ts';

const { filesUnder } = await script<{ filesUnder(folder: string): string[] }>('files-under.js');

test('files are found in folders of folders, and folders are none', () => {
  const folder = temporaryFolder('files-under-');
  mkdirSync(join(folder, 'one/two/three'), { recursive: true });
  for (const file of ['top', 'one/two/deep']) writeFileSync(join(folder, file), '');
  expect(filesUnder(folder).sort()).toEqual([join('one', 'two', 'deep'), 'top']);
});
