import { expect, it } from 'vitest';
import { counted, listed } from '../../src/text/counted.ts';

it.each<[string, Parameters<typeof counted>, string]>([
  ['one', [1, 'socket'], '1 socket'],
  ['several', [3, 'socket'], '3 sockets'],
  ['none', [0, 'socket'], '0 sockets'],
  ['a part of one', [0.5, 'second'], '0.5 seconds'],
  ['thousands', [1234567, 'byte'], '1,234,567 bytes'],
  ['a part of thousands', [1234.5678, 'byte'], '1,234.5678 bytes'],
  ['one of an irregular word', [1, 'process', 'processes'], '1 process'],
  ['several of an irregular word', [2, 'process', 'processes'], '2 processes'],
])('the plural is for all but one: %s', (_, given, text) => {
  expect(counted(...given)).toBe(text);
});

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
])('lists %j as %j', (words, expected) => {
  expect(listed(words, 'or')).toBe(expected);
  expect(listed(words, 'and')).toBe(expected.replace('or', 'and'));
});
