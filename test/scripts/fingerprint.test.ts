import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { script } from './script.ts';

interface Exports {
  fingerprint(root: string): string;
  isPackageFresh(root: string): boolean;
  signPackage(root: string, of: string): void;
  isExecutableFresh(root: string, file: string): boolean;
  signExecutable(root: string, file: string, of: string): void;
}

const fresh = await script<Exports>('fingerprint.js');

const files = [
  ...['src/cli.ts', 'src/model/socket.ts', 'scripts/build.js', 'scripts/exe/compile.js'],
  ...['scripts/bench/main.js', 'package.json', 'package-lock.json', 'tsconfig.build.json'],
  ...['README.md', 'dist/program.js', 'dist-exe/tsnetstat-linux-x64'],
];

describe('what was built', () => {
  let root: string;
  beforeEach(() => {
    root = temporaryFolder('fingerprint-');
    for (const file of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), file);
    }
  });

  /** Both programs, built now. */
  const sign = () => {
    fresh.signPackage(root, fresh.fingerprint(root));
    fresh.signExecutable(root, 'tsnetstat-linux-x64', fresh.fingerprint(root));
  };
  const isFresh = () => [
    fresh.isPackageFresh(root),
    fresh.isExecutableFresh(root, 'tsnetstat-linux-x64'),
  ];

  test('is stale without a fingerprint', () => {
    expect(isFresh()).toEqual([false, false]);
  });

  test('is fresh when it was just built, whatever its own bytes', () => {
    sign();
    appendFileSync(join(root, 'dist/program.js'), 'more');
    expect(isFresh()).toEqual([true, true]);
  });

  test.each([
    ['src/model/socket.ts', false],
    ['scripts/build.js', false],
    ['scripts/exe/compile.js', false],
    ['package.json', false],
    ['package-lock.json', false],
    ['tsconfig.build.json', false],
    ['scripts/bench/main.js', true],
    ['README.md', true],
  ])('after a change of %s is fresh: %s', (file, expected) => {
    sign();
    appendFileSync(join(root, file), 'x');
    expect(isFresh()).toEqual([expected, expected]);
  });

  test.each([
    ['a new file', () => writeFileSync(join(root, 'src/new.ts'), '')],
    ['a file that is gone', () => rmSync(join(root, 'src/model/socket.ts'))],
    [
      'another name',
      () => renameSync(join(root, 'src/model/socket.ts'), join(root, 'src/model/sockets.ts')),
    ],
  ])('is stale after %s', (_, change) => {
    sign();
    change();
    expect(isFresh()).toEqual([false, false]);
  });

  test('of one executable does not apply to another', () => {
    sign();
    expect(fresh.isExecutableFresh(root, 'tsnetstat-darwin-x64')).toBe(false);
  });
});
