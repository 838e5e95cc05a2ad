import { describe, expect, it, test } from 'vitest';
import { checks } from '../../../src/analysis/checks/index.ts';
import { areChecks, checksAsked, strayWord } from '../../../src/pipeline/diagnosis/checks-asked.ts';

const asked = (words: readonly string[], ignore: readonly string[] = []) =>
  checksAsked({ checks: words, ignore });
const names = (words: readonly string[], ignore: readonly string[] = []) =>
  asked(words, ignore).map(({ check }) => check.name);
const all = checks.map(({ name }) => name);

describe('the checks that are asked for', () => {
  it('are all where none is named', () => {
    expect(names([])).toEqual(all);
    expect(asked([]).every(({ isNamed }) => !isNamed)).toBe(true);
  });

  it('come in the order of the registry, each once', () => {
    expect(names(['close-wait', 'accept-queue', 'close-wait'])).toEqual([
      'accept-queue',
      'close-wait',
    ]);
  });

  it('go by what is set, and by their defaults for the rest', () => {
    const [check] = asked(['close-wait:count=50', 'close-wait:many=500']);
    expect(check?.settings).toEqual({ count: 50, many: 500 });
    expect(check?.isNamed).toBe(true);
  });

  it('are all, with one that is set, where all-checks is among them', () => {
    const found = asked(['all-checks', 'close-wait:count=50']);
    expect(found.map(({ check }) => check.name)).toEqual(all);
    const closeWait = found.find(({ check }) => check.name === 'close-wait');
    expect(closeWait?.settings.count).toBe(50);
  });

  it('may be typed with underscores, and in capitals', () => {
    expect(names(['close_wait', 'Accept-Queue'])).toEqual(['accept-queue', 'close-wait']);
  });

  it('are without those that are ignored', () => {
    expect(names([], ['close-wait'])).toEqual(all.filter((name) => name !== 'close-wait'));
    expect(names(['close-wait'], ['close-wait'])).toEqual([]);
  });
});

test.each([
  [['close-wiat'], [], /^--diagnose close-wiat: no such check \(did you mean close-wait\?\)$/],
  [['what-ever'], [], /^--diagnose what-ever: no such check; there are /],
  [[], ['close'], /^--ignore close: no such check \(did you mean close-wait\?\)/],
  [
    ['close-wait:'],
    [],
    /"": expected NAME=NUMBER, not below 0, as in close-wait:count=20:many=1000$/,
  ],
  [['close-wait:count'], [], /"count": expected NAME=NUMBER/],
  [['close-wait:count=-1'], [], /"count=-1": expected NAME=NUMBER/],
  [['close-wait:count=1e9'], [], /expected NAME=NUMBER/],
  [['close-wait:__proto__=1'], [], /expected NAME=NUMBER/],
])('%j and %j are refused in one line', (words, ignore, message) => {
  expect(() => asked(words, ignore)).toThrow(message);
});

test.each([
  [
    'close-wait',
    'close-wait: a check directly follows the flag, several as a,b: --diagnose close-wait',
  ],
  [
    'close_wait:count=1:many=5',
    'close_wait:count=1:many=5: a check directly follows the flag, several as a,b: --diagnose close-wait:count=1:many=5',
  ],
  ['nope:x=1', '--diagnose nope: no such check; there are accept-queue, '],
  ['closewait', '--diagnose closewait: no such check (did you mean close-wait?)'],
  [
    'node',
    '--diagnose node: no such check; for a program --diagnose --program node; there are accept-queue, ',
  ],
  ['accept,close-wait', '--diagnose accept: no such check (did you mean accept-queue?)'],
  ['a,b', '--diagnose a: no such check; there are '],
  [
    'accept-queue,close-wait',
    'accept-queue,close-wait: a check directly follows the flag, several as a,b: --diagnose ',
  ],
  ['8002', '--diagnose: 8002: select one service with --port 8002'],
])('a word that stands for no socket may be meant for a check: %s', (word, message) => {
  const text = strayWord(word).message;
  expect(text.slice(0, message.length)).toBe(message);
  // All are listed only where none is near.
  expect(text.includes('there are ')).toBe(message.includes('there are '));
});

test.each([
  ['syn-flood', true],
  ['syn_flood,close-wait:count=1', true],
  ['syn-flood,sport', false],
  ['sport', false],
  ['', false],
])('whether %j is nothing but checks', (word, expected) => {
  expect(areChecks(word)).toBe(expected);
});
