import { describe, expect, test } from 'vitest';
import { quotingOf } from '../../../src/options/completion/answer.ts';
import { readShellLine } from '../../../src/options/completion/shell-line.ts';

describe.each(['bash', 'zsh', 'fish'] as const)('a line of %s', (shell) => {
  test.each<[string, readonly string[], string]>([
    ['', [], ''],
    ['tsnetstat', [], 'tsnetstat'],
    ['tsnetstat  -t ', ['tsnetstat', '-t'], ''],
    ["tsnetstat 'a b' c", ['tsnetstat', 'a b'], 'c'],
    ['tsnetstat "a \\"b\\" \\c" ', ['tsnetstat', 'a "b" \\c'], ''],
    ['tsnetstat a\\ b\\', ['tsnetstat'], 'a b\\'],
    ["tsnetstat '' x", ['tsnetstat', ''], 'x'],
    ["tsnetstat 'a b", ['tsnetstat'], 'a b'],
    ["tsnetstat it\\'s' 'ok ", ['tsnetstat', "it's ok"], ''],
    ['tsnetstat $(x) ', ['tsnetstat', '$(x)'], ''],
    ['tsnetstat \u{1f600}x', ['tsnetstat'], '\u{1f600}x'],
  ])('%j', (line, before, text) => {
    const read = readShellLine(line, quotingOf(shell));
    expect([read.before, read.current.text]).toEqual([before, text]);
    const { starts, quotes } = read.current;
    expect([starts.length, quotes.length]).toEqual([text.length + 1, text.length + 1]);
  });
});

test.each<[string, readonly string[], string]>([
  ['tsnetstat C:\\a\\ x', ['tsnetstat', 'C:\\a\\'], 'x'],
  ["tsnetstat 'it''s' ", ['tsnetstat', "it's"], ''],
  ['tsnetstat a` b', ['tsnetstat'], 'a b'],
  ["tsnetstat \u2018a b\u2019\u2019c' ", ['tsnetstat', 'a b\u2019c'], ''],
  ['tsnetstat "a""b`"" ', ['tsnetstat', 'a"b"'], ''],
])('a line of PowerShell: %j', (line, before, text) => {
  const read = readShellLine(line, quotingOf('powershell'));
  expect([read.before, read.current.text]).toEqual([before, text]);
});

test('includes the text after the cursor if a quote is open', () => {
  const { current } = readShellLine('tsnetstat a"b c', quotingOf('bash'));
  expect(current).toEqual({
    raw: 'a"b c',
    text: 'ab c',
    starts: [0, 2, 3, 4, 5],
    quotes: ['', '"', '"', '"', '"'],
    opened: 2,
  });
});
