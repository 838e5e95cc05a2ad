import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wildcardBeginning, wildcardTest } from '../../src/select/wildcard.ts';

describe('wildcardTest', () => {
  it.each([
    ['nginx', 'nginx', true],
    ['nginx', 'nginx-debug', false],
    ['nginx*', 'nginx-debug', true],
    ['*d', 'sshd', true],
    ['s*d', 'sshd', true],
    ['s*h*d', 'sshd', true],
    ['ab*ba', 'aba', false],
    ['*a*a*', 'a', false],
    ['*a*a*', 'aa', true],
    ['a*b*c', 'abbcc', true],
    ['a*b*c', 'acb', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
  ])('%j and %j: %s', (pattern, text, expected) => {
    expect(wildcardTest(pattern)(text)).toBe(expected);
  });

  it('matches what a regular expression matches', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, letters, (wild, text) => {
        const expression = wild.replaceAll('.', '\\.').replaceAll('*', '.*');
        expect(wildcardTest(wild)(text)).toBe(new RegExp(`^${expression}$`).test(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('is not slow for patterns made to be', () => {
    expect(wildcardTest(`${'*a'.repeat(2000)}*b`)('a'.repeat(20_000))).toBe(false);
  });
});

it.each([
  ['nginx', 'ngi', true],
  ['nginx', 'ngo', false],
  ['nginx', 'nginx -g', false],
  ['nginx*', 'nginx -g', true],
  ['nginx*', 'n', true],
  ['nginx*', 'java', false],
  ['*Main', 'java', true],
  ['java*Main', 'java -cp', true],
  ['java*Main', 'node', false],
])('%j and a text that begins with %j may match: %s', (pattern, beginning, expected) => {
  expect(wildcardBeginning(pattern)(beginning)).toBe(expected);
});
