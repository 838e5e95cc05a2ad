import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder.ts';

describe('a temporary folder', () => {
  let early = '';
  beforeAll(() => {
    early = temporaryFolder('tsnetstat-early-');
  });
  // Hooks of a file come before the one that removes them.
  afterAll(() => expect(existsSync(early)).toBe(false));

  it('is there, whatever it holds, until all are removed, and may be gone by then', () => {
    const full = temporaryFolder('tsnetstat-full-');
    writeFileSync(join(full, 'file'), '');
    expect([early, full].map(existsSync)).toEqual([true, true]);
    removeTemporaryFolders();
    expect([early, full].map(existsSync)).toEqual([false, false]);
  });

  it('is removed at the end of the process too', () => {
    const before = process.listenerCount('exit');
    const folders = [temporaryFolder('tsnetstat-one-'), temporaryFolder('tsnetstat-two-')];
    expect(process.listenerCount('exit')).toBe(before + 1);
    process.listeners('exit').at(-1)?.call(process, 0);
    expect(folders.map(existsSync)).toEqual([false, false]);
    expect(process.listenerCount('exit')).toBe(before);
  });
});
