import { expect, test } from 'vitest';
import type { KeyName } from '../../../src/views/live/input.ts';
import { written } from '../../../src/views/live/writing.ts';

/** The line `a😀b` with the cursor at `at` after these keys, with `|` for the cursor. */
function after(at: number, ...keys: readonly KeyName[]): string | null {
  let line = { text: 'a😀b', at };
  for (const name of keys) {
    const next = written(line, { kind: 'key', name });
    if (next === null) return null;
    line = next;
  }
  return `${line.text.slice(0, line.at)}|${line.text.slice(line.at)}`;
}

test.each<[string, string | null]>([
  ['left', '|a😀b'],
  ['right', 'a😀|b'],
  ['right right right', 'a😀b|'],
  ['right left', 'a|😀b'],
  ['left left', '|a😀b'],
  ['end left left', 'a|😀b'],
  ['delete', 'a|b'],
  ['ctrl-d', 'a|b'],
  ['right backspace', 'a|b'],
  ['home backspace', '|a😀b'],
  ['end delete', 'a😀b|'],
  ['ctrl-e', 'a😀b|'],
  ['ctrl-a', '|a😀b'],
  ['ctrl-u', '|😀b'],
  ['ctrl-k', 'a|'],
  ['right ctrl-w', '|b'],
  ['up', null],
])('%s moves or removes whole characters', (keys, expected) => {
  expect(after(1, ...(keys.split(' ') as KeyName[]))).toBe(expected);
});

test('a turn of the wheel does not edit', () => {
  expect(written({ text: 'a', at: 1 }, { kind: 'wheel', by: 1 })).toBeNull();
});
