import { chmodSync, chownSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { packagedFile } from '../../src/trust/packaged-file.ts';
import { version } from '../../src/version.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let root: string;
const at = (path: string) => join(root, path);
const make = (path: string, content = '') => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
};
const manifest = (name: string, of = version) => JSON.stringify({ name, version: of });
beforeEach(() => {
  root = realpathSync(temporaryFolder('tsnetstat-own-'));
  chmodSync(root, 0o755);
  make('package.json', manifest('tsnetstat'));
  make('dist/thread.cjs');
  make('src/part/thread.ts');
});

/** What is found for code in a file there. */
function found(running: string): string | null {
  make(running);
  const file = packagedFile(
    { built: 'dist/thread.cjs', source: 'src/part/thread.ts' },
    at(running),
  );
  return file === null ? null : file.slice(root.length + 1);
}

describe.skipIf(process.platform === 'win32')('a file of this package', () => {
  it.each([
    ['dist/library.js', 'dist/thread.cjs'],
    ['dist/program.js', 'dist/thread.cjs'],
    ['dist/program.cjs', 'dist/thread.cjs'],
    ['dist/parts/sources-x.cjs', 'dist/thread.cjs'],
    ['src/trust/running-file.ts', 'src/part/thread.ts'],
  ])('is found from %s', (running, file) => {
    expect(found(running)).toBe(file);
  });

  it.each([
    ['a bundle beside it', 'dist/app.mjs'],
    ['a bundle elsewhere', 'build/library.js'],
  ])('is not found from %s', (_, running) => {
    expect(found(running)).toBeNull();
  });

  it.each([
    ['of another package', manifest('other')],
    ['of another version', manifest('tsnetstat', '0.0.0')],
    ['of nobody', 'null'],
  ])('is not one %s, by the same name', (_, content) => {
    make('package.json', content);
    expect(found('dist/library.js')).toBeNull();
  });

  it('is not found where nobody knows what runs', () => {
    expect(
      packagedFile({ built: 'dist/thread.cjs', source: 'src/part/thread.ts' }, null),
    ).toBeNull();
  });

  it.runIf(process.getuid?.() === 0)(
    'is taken only if nobody can change it who cannot change what runs',
    () => {
      chownSync(at('dist/thread.cjs'), 54_321, 54_321);
      expect(found('dist/library.js')).toBeNull();
      chownSync(at('dist/library.js'), 54_321, 54_321);
      expect(found('dist/library.js')).toBe('dist/thread.cjs');
    },
  );
});
