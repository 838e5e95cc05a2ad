import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it, test } from 'vitest';
import { posixWord, shellWord, windowsWord } from '../../src/model/shell-word.ts';
import { sanitize } from '../../src/text/sanitize.ts';

describe('a word for a POSIX shell', () => {
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
    expect(posixWord(word)).toBe(quoted);
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
    const typed = `printf %s ${sanitize(posixWord(word))}`;
    expect(execFileSync('bash', ['-c', typed], { encoding: 'utf8' })).toBe(word);
  });
});

test.each([
  ['a.json', 'a.json'],
  ['C:\\logs\\a.json', 'C:\\logs\\a.json'],
  ['C:\\Program Files\\a.json', '"C:\\Program Files\\a.json"'],
  ['C:\\my logs\\', '"C:\\my logs\\\\"'],
  ['say "a"', '"say ""a"""'],
  ['a\\"b', '"a\\\\""b"'],
  ['', '""'],
  ["it's", '"it\'s"'],
  ['*app*', '"*app*"'],
  ['src,dst', '"src,dst"'],
  ['@list', '"@list"'],
  ["it's $HOME", '"it\'s `$HOME"'],
  ['a`b”c', '"a``b`”c"'],
])('on Windows %j is %s', (word, quoted) => {
  expect(windowsWord(word)).toBe(quoted);
});

test.each([
  ...[
    'R&D.exe',
    '"R&D tool.exe"',
    'program = "a" | b',
    '$x & calc & .exe',
    "it's & `a`",
    '"',
    '\\"&',
  ],
  ...['a”;calc;“.exe', '„$(calc)', '“”"&calc&"', '\\\\" & "'],
])('on Windows no part of %j is outside of the quotes', (word) => {
  const quoted = windowsWord(word);
  // Each double quote begins or ends quoted text for cmd.exe; PowerShell has escapes, and further double quotes.
  expect(quoted.replaceAll(/"[^"]*"/g, '')).toBe('');
  expect(quoted).toMatch(/^"(?:[^"“”„`$]|`.|"")*"$/);
});

describe('a word of a command of this program', () => {
  const { platform } = process;
  afterEach(() => {
    Object.defineProperty(process, 'platform', { value: platform });
  });

  it.each([
    ['linux', "'a b'"],
    ['darwin', "'a b'"],
    ['win32', '"a b"'],
  ])('is quoted for the shells of %s', (name, quoted) => {
    Object.defineProperty(process, 'platform', { value: name });
    expect(shellWord('a b')).toBe(quoted);
  });
});
