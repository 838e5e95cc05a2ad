import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { linkOpener } from '../../../../src/sources/linux/proc/descriptor-links.ts';
import { loadNative } from '../../../../src/sources/native.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const many = 5_000;

describe.skipIf(process.platform !== 'linux')('the links of many descriptors', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder('links-');
    const links: Readonly<Record<string, string>> = {
      ...{ 3: 'socket:[12345]', 4: 'socket:[4294967295]', 5: 'socket:[18446744]' },
      ...{ 6: 'anon_inode:[io_uring]', 7: `/${'a'.repeat(200)}`, 8: 'socket:[', 9: 'socket' },
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
  });

  it('are inodes of sockets, or the beginning of what else they lead to', () => {
    const links = linkOpener()(folder, many);
    expect(links).not.toBeNull();
    expect(['3', '4', '5', '6', '7', '8', '9'].map((name) => links?.read(name))).toEqual([
      ...[12345, 4294967295, 18446744, 'anon_inode:[io_uring]'],
      ...[`/${'a'.repeat(63)}`, 'socket:[', 'socket'],
    ]);
    links?.close();
  });

  it('that are gone fail with the code of the system call', () => {
    const links = linkOpener()(folder, many);
    expect(() => links?.read('99')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    links?.close();
  });

  it('are read by path until there were many, and where a process has few', () => {
    const open = linkOpener(() => {
      throw new Error('loaded');
    });
    expect(open(folder, 100)).toBeNull();
    let loaded = 0;
    const counting = linkOpener(() => {
      loaded++;
      return loadNative();
    });
    expect([counting(folder, 4_000), loaded]).toEqual([null, 0]);
    expect([counting(folder, 10), loaded]).toEqual([null, 0]);
    const links = counting(folder, 100);
    expect([links === null, loaded]).toEqual([false, 1]);
    links?.close();
  });

  it.each([
    ['is missing', () => Promise.reject],
    ['is another one', () => ({ load: () => ({}) })],
  ])('are read by path where the native part %s', (_, load) => {
    expect(linkOpener(load as unknown as typeof loadNative)(folder, many)).toBeNull();
  });

  it('are read by path where their folder cannot be opened', () => {
    expect(linkOpener()(join(folder, 'none'), many)).toBeNull();
  });
});
