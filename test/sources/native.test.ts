import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isMusl, loadNative } from '../../src/sources/native.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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

describe('a program is linked with musl', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder('native-');
  });

  it.each([
    ['if its loader is that of musl', '\x7fELF..../lib/ld-musl-x86_64.so.1\0...', true],
    ['not where it is another', '\x7fELF..../lib64/ld-linux-x86-64.so.2\0...', false],
    ['not where it is no program', '', false],
  ])('%s', (_, text, expected) => {
    const file = join(folder, 'program');
    writeFileSync(file, text);
    expect(isMusl(file)).toBe(expected);
  });

  it('not where there is none', () => {
    expect(isMusl(join(folder, 'nowhere'))).toBe(false);
  });
});
