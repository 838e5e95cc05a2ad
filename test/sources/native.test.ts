import { describe, expect, it, vi } from 'vitest';
import { loadNative, nativeFrom } from '../../src/sources/native.ts';

const searches = vi.hoisted(() => ({ count: 0 }));
vi.mock('../../src/trust/installed-file.ts', async (original) => {
  const real = await original<typeof import('../../src/trust/installed-file.ts')>();
  const installedFile: typeof real.installedFile = (...args) => {
    searches.count++;
    return real.installedFile(...args);
  };
  return { ...real, installedFile };
});

describe("koffi's native part", () => {
  const { platform, arch } = process;
  it('is looked for in the package of this system and processor', () => {
    const asked: string[] = [];
    const native = nativeFrom((path) => {
      asked.push(path);
      return { version: '3.9.1' };
    });
    expect(native.version).toBe('3.9.1');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(
      new RegExp(`^@koromix/koffi-${platform}-${arch}/(${platform}|musl)_${arch}/koffi\\.node$`),
    );
  });

  it.each([
    ['of a wrong version', { version: '2.16.0' }],
    ['without one', {}],
    ['that is nothing', undefined],
  ])('is refused %s', (_, native) => {
    expect(() => nativeFrom(() => native)).toThrow();
  });

  it('is the one that is installed with this program, and looked for once', () => {
    expect(typeof loadNative().load).toBe('function');
    expect([loadNative(), searches.count]).toEqual([loadNative(), 1]);
  });
});
