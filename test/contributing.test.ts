import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const project = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(project, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const pages = ['CONTRIBUTING.md', 'docs/releasing.md', 'docs/standalone.md'];

/** Paths of the project in code marks; NAME stands for what is yet to be. */
function pathsIn(text: string): readonly string[] {
  const marked = [...text.matchAll(/`([^`\n]+)`/g)].map(([, words = '']) => words);
  return marked
    .flatMap((words) => words.split(' '))
    .filter((word) => /^(src|test|scripts|schema|docs|fixtures|bin|\.github|\.ci)\//.test(word))
    .filter((word) => !/NAME|FILE|[*{…]/.test(word));
}

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('names files that are there', () => {
    const paths = pathsIn(text);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(project, path)))).toEqual([]);
  });

  test('names scripts that npm knows', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

test('CONTRIBUTING.md tells how to add each kind of thing, as a list of files that are there', () => {
  const recipes = read('CONTRIBUTING.md').split(/^### /m).slice(1);
  const titles = recipes.map((recipe) => recipe.split(/[\n(]/, 1)[0]?.trim());
  for (const kind of ['flag', 'format', 'check', 'source', 'platform', 'report']) {
    expect(titles).toContain(`A ${kind}`);
  }
  for (const recipe of recipes) expect(pathsIn(recipe).length, recipe).toBeGreaterThan(1);
});
