import { expect, test } from 'vitest';
import { distinctBy, groupedBy } from '../../src/model/add-to.ts';

const words = ['one', 'two', 'six', 'three', 'five', 'ten'];

test('values are grouped by a key, in order', () => {
  expect([...groupedBy(words, ({ length }) => length)]).toEqual([
    [3, ['one', 'two', 'six', 'ten']],
    [5, ['three']],
    [4, ['five']],
  ]);
});

test('the first value of each key is kept, in order', () => {
  expect(distinctBy(words, ({ length }) => length)).toEqual(['one', 'three', 'five']);
  expect(distinctBy([], String)).toEqual([]);
});
