import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../src/model/shell-word.ts';
import { sanitize } from '../../src/text/sanitize.ts';

describe('a word for a shell', () => {
  it.each([
    ['a.json', 'a.json'],
    ['', "''"],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['naïve.json', "'naïve.json'"],
    ['a\\x2db', "'a\\x2db'"],
    // What a terminal would obey or not show, and what would be taken for the escape of such.
    ['a\u001b[31mb', "$'a\\033[31mb'"],
    ['a\u200bé', "$'a\\342\\200\\213é'"],
    ["it's\\\n", "$'it\\047s\\134\\012'"],
    ['a\\x1b', "$'a\\134x1b'"],
    ['\u0301', "$'\\314\\201'"],
  ])('%j is %s', (word, quoted) => {
    expect(shellWord(word)).toBe(quoted);
  });

  it
    .skipIf(process.platform === 'win32')
    .each([
      ...[
        "it's",
        'a\u001b[31mb',
        'a\\x1b\u200b\\',
        'é\u202e\u{e0041}\n',
        '$`"\\\t!*',
        'a\\\\x1b\r',
      ],
    ])('is the same when it was printed and pasted: %j', (word) => {
    const typed = `printf %s ${sanitize(shellWord(word))}`;
    expect(execFileSync('bash', ['-c', typed], { encoding: 'utf8' })).toBe(word);
  });
});
