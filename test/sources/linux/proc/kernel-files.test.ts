import { rmdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isLinuxEntry, kernelFiles } from '../../../../src/sources/linux/proc/kernel-files.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('isLinuxEntry', () => {
  const dev = 20;
  it.each([
    ['what Linux registers', { dev, ino: 4026531909 }, true],
    ['the first that it registers', { dev, ino: 0xf000_0000 }, true],
    ['what gVisor numbers', { dev, ino: 17 }, false],
    ['what gVisor numbers after years', { dev, ino: 0x1_f000_0000 }, false],
    ['a file that was mounted over it', { dev: 21, ino: 4026531909 }, false],
  ])('%s', (_, file, expected) => {
    expect(isLinuxEntry(file, dev)).toBe(expected);
  });
});

describe('kernelFiles', () => {
  it('promises nothing of a folder that is no procfs', () => {
    const folder = temporaryFolder('tsnetstat-');
    const files = kernelFiles(folder);
    expect([files.isLinux(), files.has(folder)]).toEqual([false, false]);
    rmdirSync(folder);
  });

  it.skipIf(process.platform !== 'linux')('knows the kernel’s own tables from others', () => {
    const files = kernelFiles('/proc');
    // Another kernel's /proc promises nothing, and neither does its table.
    expect(files.has('/proc/self/net/tcp')).toBe(files.isLinux());
    expect(files.has('/proc/self/net/none')).toBe(false);
    expect(files.has(process.execPath)).toBe(false);
  });
});
