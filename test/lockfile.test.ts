import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

const { packages } = JSON.parse(
  readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
) as { readonly packages: Readonly<Record<string, Locked>> };

/** Where `name` may lie for a package in `folder`: in its own node_modules, or in one further up. */
function isLocked(folder: string, name: string): boolean {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`] !== undefined) {
      return true;
    }
    if (at === '') return false;
  }
}

describe('the lockfile', () => {
  test('has the optional packages of every platform, so that npm ci works on each', () => {
    const lacking = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(folder, name)),
    );
    expect(lacking).toEqual([]);
  });

  test('names no registry', () => {
    const resolved = Object.values(packages).filter((locked) => locked.resolved !== undefined);
    expect(resolved).toEqual([]);
  });
});
