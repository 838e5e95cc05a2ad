import { describe, expect, test } from 'vitest';
import { recalled, recallFor, remembered } from '../../../src/views/live/recall.ts';

describe('lines that are remembered', () => {
  test.each([
    [[], 'a', ['a']],
    [['a'], '', ['a']],
    [['a'], 'a', ['a']],
    [['a', 'b'], 'a', ['a', 'b', 'a']],
  ] as const)('%j and %j', (entered, line, expected) => {
    expect(remembered(entered, line)).toEqual(expected);
  });

  test('are so many at most, the latest', () => {
    const all = Array.from({ length: 150 }, (_, at) => String(at));
    const kept = all.reduce<readonly string[]>(remembered, []);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([100, '50', '149']);
  });
});

test('what is edited stays in its line', () => {
  const begun = recallFor(['a', 'b'], '');
  expect(begun).toEqual({ lines: ['a', 'b', ''], at: 2 });
  expect(recalled(begun, 'new', 1)).toBeNull();
  const up = recalled(begun, 'new', -1);
  expect(up).toEqual({ lines: ['a', 'b', 'new'], at: 1 });
  const top = up && recalled(up, 'bb', -1);
  expect(top).toEqual({ lines: ['a', 'bb', 'new'], at: 0 });
  expect(top && recalled(top, 'a', -1)).toBeNull();
});

test('a line that begins with the latest is not recalled twice', () => {
  expect(recallFor(['a', 'b'], 'b')).toEqual({ lines: ['a', 'b'], at: 1 });
  expect(recallFor([], '')).toEqual({ lines: [''], at: 0 });
});
