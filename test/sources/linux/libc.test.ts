import { readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBoundLibc, loadLibc } from '../../../src/sources/linux/libc.ts';
import { closeForeign } from '../../../src/sources/linux/threads/close-foreign.ts';
import type { Native } from '../../../src/sources/native.ts';

const missing = () => {
  throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
};

describe('libc', () => {
  it.each<[string, () => unknown]>([
    ['koffi is not installed', missing],
    [
      'koffi cannot be loaded',
      () => {
        throw new Error('invalid ELF header');
      },
    ],
    ['koffi is of another interface', () => ({})],
    ['koffi is nothing', () => null],
    ['libc cannot be opened', () => ({ load: missing, errno: () => 0 })],
    [
      'a function is missing',
      () => ({
        load: () => ({
          func: () => {
            throw new Error('cannot find function');
          },
        }),
        errno: () => 0,
      }),
    ],
  ])('is done without where %s', (_, load) => {
    expect(loadLibc(load as () => Native)).toBeNull();
  });

  it('gives errors as numbers below zero', () => {
    const native = { load: () => ({ func: () => () => -1 }), errno: () => 93 } as unknown as Native;
    const libc = loadLibc(() => native);
    expect(libc?.openSockDiag(1000)).toBe(-93);
  });

  it.each<[string, string, string | null]>([
    ['up to its end', 'eth0\0rest', 'eth0'],
    ['of all 15 characters', 'abcdefghijklmno\0', 'abcdefghijklmno'],
    ['no further than it can go', 'a'.repeat(40), 'a'.repeat(16)],
    ['none where it is empty', '\0', null],
  ])('reads the name of an interface: %s', (_, told, expected) => {
    const ioctl = (_fd: number, _request: number, bytes: Buffer) => {
      expect(bytes.readUInt32LE(16)).toBe(7);
      bytes.write(told, 'latin1');
      return 0;
    };
    const func = (declaration: string) => (declaration.includes(' ioctl(') ? ioctl : () => -1);
    const native = { load: () => ({ func }), errno: () => 19 } as unknown as Native;
    expect(loadLibc(() => native)?.deviceName(3, 7)).toBe(expected);
  });

  it('knows no name of an interface that is gone', () => {
    const native = { load: () => ({ func: () => () => -1 }), errno: () => 19 } as unknown as Native;
    expect(loadLibc(() => native)?.deviceName(3, 7)).toBeNull();
  });

  it.each([
    ['binds what is needed later at its first call', loadLibc, true],
    ['binds nothing later in a thread that may be ended', loadBoundLibc, false],
  ])('%s', (_, load, bindsLater) => {
    const declarations: string[] = [];
    const func = (declaration: string) => {
      declarations.push(declaration);
      return () => -1;
    };
    const libc = load(() => ({ load: () => ({ func }), errno: () => 19 }) as unknown as Native);
    const atFirst = declarations.length;
    libc?.openSockDiag(1000);
    libc?.openDestroyed(1, 4096);
    libc?.enterNetwork(3);
    libc?.deviceName(3, 7);
    libc?.openFile('/proc/self/comm');
    libc?.waitForAny([3], 0);
    libc?.receive(3, Buffer.alloc(8));
    expect(declarations.length > atFirst).toBe(bindsLater);
  });

  const real = loadLibc();

  it.skipIf(real === null || process.platform !== 'linux')('opens files for other threads', () => {
    const fd = real?.openFile('/proc/self/comm') ?? -1;
    const bytes = Buffer.alloc(32);
    expect(readSync(fd, bytes)).toBeGreaterThan(1);
    closeForeign(fd);
    expect(() => readSync(fd, bytes)).toThrow('EBADF');
    expect(real?.openFile('/proc/self/no-such-file')).toBe(-2);
  });
});
