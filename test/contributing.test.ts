import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
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

test('CONTRIBUTING.md describes how to add each kind of thing, as a list of files that are there', () => {
  const recipes = read('CONTRIBUTING.md').split(/^### /m).slice(1);
  const titles = recipes.map((recipe) => recipe.split(/[\n(]/, 1)[0]?.trim());
  for (const kind of ['flag', 'format', 'check', 'source', 'platform', 'report']) {
    expect(titles).toContain(`A ${kind}`);
  }
  for (const recipe of recipes) expect(pathsIn(recipe).length, recipe).toBeGreaterThan(1);
});

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md');

  /** Files are named by the end of their path, as long as that is clear from the text around. */
  test('names files that are there', () => {
    const files = ['src', 'test', 'scripts', 'fixtures', 'bin', '.github']
      .flatMap((folder) =>
        readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' }).map(
          (path) => `/${folder}/${path.split(sep).join('/')}`,
        ),
      )
      .concat('/.dependency-cruiser.cjs');
    const named = [...text.matchAll(/`([^`\n]+)`/g)]
      .flatMap(([, words = '']) => words.split(' '))
      .filter((word) => /^[\w./-]+\.(?:ts|js|cjs|yml)$/.test(word))
      .filter((word) => !/^(?:dist\/)?program\.js$/.test(word));
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
  });

  test('links to headings that are there', () => {
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
    expect(anchors.filter((anchor, i) => anchors.indexOf(anchor) !== i)).toEqual([]);
  });
});
