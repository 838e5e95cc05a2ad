import { describe, expect, it } from 'vitest';
import { loadNative } from '../../src/sources/native.ts';

describe("koffi's native part", () => {
  const { platform, arch } = process;
  it('is looked for in the package of this system and processor', () => {
    const asked: string[] = [];
    const native = loadNative((path) => {
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
    expect(() => loadNative(() => native)).toThrow();
  });

  it('is the one that is installed with this program', () => {
    expect(typeof loadNative().load).toBe('function');
  });
});
