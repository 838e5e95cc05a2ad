import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const project = join(import.meta.dirname, '..');

/** The text of each TypeScript and JavaScript file of these folders, by its path. */
function textsIn(...folders: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    for (const name of readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.[jt]s$/.test(name)) continue;
      const path = join(folder, name);
      texts.set(path, readFileSync(join(project, path), 'utf8'));
    }
  }
  return texts;
}

/** Values; types are exported beside the functions whose signatures have them. */
const declared = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm;

/** What is exported although no other file has its name, as `FILE NAME`. */
function forNobody(texts: ReadonlyMap<string, string>): readonly string[] {
  const files = new Map<string, number>();
  for (const text of texts.values()) {
    for (const word of new Set(text.match(/\w+/g))) files.set(word, (files.get(word) ?? 0) + 1);
  }
  return [...texts].flatMap(([path, text]) =>
    [...text.matchAll(declared)]
      .map(([, name = '']) => name)
      .filter((name) => files.get(name) === 1)
      .map((name) => `${path} ${name}`),
  );
}

test('a file exports no function and no constant that it alone uses', () => {
  const texts = textsIn('src', 'test', 'scripts');
  expect(texts.size).toBeGreaterThan(500);
  expect(forNobody(texts)).toEqual([]);
});

test('an export that no other file names is found', () => {
  const texts = new Map([
    ['a.ts', 'export function used() {}\nexport const lonely = 1;\n'],
    ['b.ts', "import { used } from './a.ts';\n"],
  ]);
  expect(forNobody(texts)).toEqual(['a.ts lonely']);
});
