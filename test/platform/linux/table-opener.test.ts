import { describe, expect, it } from 'vitest';
import { tableOpener } from '../../../src/platform/linux/table-opener.js';
import { fakeProc, systemError, tableOf } from './support/fake-proc.js';

/** A machine that can begin tables early; `log` tells what it was asked for. */
function machine(absent: readonly string[] = []) {
  const log: string[] = [];
  const open = (path: string) => {
    if (absent.includes(path)) throw systemError('ENOENT');
    const file = tableOf(path);
    return { ...file, close: () => log.push(`close ${path}`) };
  };
  const proc = {
    ...fakeProc({}),
    openTable: (path: string) => {
      log.push(`open ${path}`);
      return open(path);
    },
    openTableEarly: (path: string) => {
      log.push(`begin ${path}`);
      return { opened: async () => open(path) };
    },
  };
  return { proc, log };
}

const order = (path: string) => ({ path, hints: {} });

describe('tableOpener', () => {
  it('begins the next table while one is read, and opens it once', async () => {
    const { proc, log } = machine();
    const opener = tableOpener(proc);
    (await opener.open(order('a'), order('b'))).close();
    (await opener.open(order('b'))).close();
    await opener.close();
    expect(log).toEqual(['open a', 'begin b', 'close a', 'close b']);
  });

  it('begins nothing where nothing is named, or nothing can be begun', async () => {
    const { proc, log } = machine();
    const opener = tableOpener(proc);
    await opener.open(order('a'));
    await opener.open(order('b'));
    expect(log).toEqual(['open a', 'open b']);
    const plain = tableOpener(fakeProc({ files: { a: 'x', b: 'y' } }));
    await plain.open(order('a'), order('b'));
    const buffer = Buffer.alloc(10);
    expect((await plain.open(order('b'))).read(buffer, 0)).toBe(1);
  });

  it('closes what was begun and never asked for', async () => {
    const { proc, log } = machine();
    const opener = tableOpener(proc);
    await opener.open(order('a'), order('b'));
    await opener.close();
    await opener.close();
    expect(log).toEqual(['open a', 'begin b', 'close b']);
  });

  it('gives the error of a table that was begun when that is opened', async () => {
    const { proc } = machine(['b']);
    const opener = tableOpener(proc);
    await opener.open(order('a'), order('b'));
    await expect(opener.open(order('b'))).rejects.toMatchObject({ code: 'ENOENT' });
    await opener.open(order('a'), order('b'));
    await opener.close();
  });

  it('begins nothing behind a table that cannot be opened', async () => {
    const { proc, log } = machine(['a']);
    await expect(tableOpener(proc).open(order('a'), order('b'))).rejects.toThrow('ENOENT');
    expect(log).toEqual(['open a']);
  });
});
