import { describe, expect, it } from 'vitest';
import { loadLibc } from '../../../../src/sources/linux/netlink/libc.ts';
import type { Native } from '../../../../src/sources/native.ts';

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
});
