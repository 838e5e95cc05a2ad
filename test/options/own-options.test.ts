import { describe, expect, it } from 'vitest';
import { ownFlags, splitWords } from '../../src/options/own-options.ts';

describe('words of a line', () => {
  it.each<[string, readonly string[]]>([
    ['', []],
    ['  -n   --format table ', ['-n', '--format', 'table']],
    ['# all of it', []],
    ['-n # the rest', ['-n']],
    ['-n#no', ['-n#no']],
    [`--columns 'src, dst' "a b"`, ['--columns', 'src, dst', 'a b']],
    [`a'b c'd"e f"`, ['ab cde f']],
    [String.raw`a\ b \# "\"\\\n"`, ['a b', '#', String.raw`"\\n`]],
    [`'$HOME' "\`id\`" *`, ['$HOME', '`id`', '*']],
    [`''`, ['']],
  ])('%s', (line, expected) => {
    expect(splitWords(line)).toEqual(expected);
  });

  it.each([`-n 'a`, `"`, String.raw`"a\"`])('refuses a quote without its end: %s', (line) => {
    expect(() => splitWords(line)).toThrow('expected the end of the quote');
  });
});

describe('options that are always wanted', () => {
  const file = (text: string) => ({ name: '/home/a/options', text, hasLines: true });
  const variable = (text: string) => ({ name: 'TSNETSTAT_OPTIONS', text, hasLines: false });

  it('are those of all lines and texts, the later before the earlier', () => {
    const flags = ownFlags([file('-n\n\n--format table\n'), variable('--format csv')], 'linux');
    expect([flags.has('numeric'), flags.value('format')]).toEqual([true, 'csv']);
  });

  it.each<[string, string, string]>([
    ['an unknown one', '-n\n--nope', "line 2: unknown option '--nope'"],
    ['a filter', '80', 'line 1: 80: expected an option'],
    ['another report', '-r', 'line 1: --route: expected a display option'],
    ['which sockets', '-n\r\n-t', 'line 2: --tcp: expected'],
    ['a question', '-q', 'line 1: --quiet: expected'],
    ['help', '-h', 'line 1: -h: expected'],
    ['a value that there is not', '--format tabel', 'line 1: '],
    [
      'an interval that is none',
      '-n\n--interval soon',
      'line 2: --interval soon: expected a number',
    ],
    ['a deadline that is none', '--resolve-timeout x', 'line 1: --resolve-timeout x: expected'],
  ])('are refused with their place: %s', (_, text, message) => {
    expect(() => ownFlags([file(text)], 'linux')).toThrow(`/home/a/options, ${message}`);
  });

  it('of a variable have no line', () => {
    expect(() => ownFlags([variable('-r')], 'linux')).toThrow('TSNETSTAT_OPTIONS: --route');
  });
});
