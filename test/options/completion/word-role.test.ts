import { describe, expect, test } from 'vitest';
import { type WordRole, wordRole } from '../../../src/options/completion/word-role.ts';

function role(line: string): WordRole {
  const words = line.split(' ');
  return wordRole(words.slice(0, -1), words.at(-1) ?? '');
}

describe('what the last word of a command line is', () => {
  test.each([
    ['', []],
    ['-tan ', []],
    ['-tan state established sp', ['state', 'established']],
    ['--port 80 sport = ', ['sport', '=']],
    ['sport = 80 --json and ', ['sport', '=', '80', 'and']],
    ['-- --port ', ['--port']],
    ['-t -- -', []],
    // A number that may be left out is not the word behind it.
    ['--wait sport = ', ['sport', '=']],
    ['--wait 5 sport ', ['sport']],
    ['--wait ', []],
    ['-Ainet sp', []],
  ])('a word of an expression: %j', (line, words) => {
    expect(role(line)).toMatchObject({ kind: 'expression', words });
  });

  test.each([
    ['--port ', 'port', 0],
    ['--por 8', 'port', 0],
    ['--port=8', 'port', 7],
    ['--src=', 'local', 6],
    ['-A ', 'protocol', 0],
    ['-tnA inet', 'protocol', 0],
    ['--state=listen --pid 1', 'pid', 0],
    ['--user --port', 'user', 0],
    ['--explain ', 'explain', 0],
    ['-Aine', 'protocol', 2],
    ['-tnAine', 'protocol', 4],
    ['-A=ine', 'protocol', 2],
  ])("a flag's value: %j", (line, long, at) => {
    expect(role(line)).toMatchObject({ kind: 'value', flag: { long }, at });
  });

  test.each([
    ['-'],
    ['--'],
    ['-tan --po'],
    ['--explain -'],
    ['--program --po'],
    ['--json=x'],
    ['--s'],
  ])('a flag: %j', (line) => {
    expect(role(line).kind).toBe('flag');
  });

  test.each([
    ['--columns ', 'sockets'],
    ['-rn --columns ', 'routes'],
    ['--interf --columns ', 'interfaces'],
    ['-An --columns ', 'sockets'],
    ['--sort -rg --columns ', 'sockets'],
    ['--program -rn --columns ', 'routes'],
  ])('the report: %j', (line, report) => {
    expect(role(line).report).toBe(report);
  });

  test('includes the values given before', () => {
    const { given } = role('--proc-root=/a --proc-root /b --source proc ');
    expect([...given]).toEqual([
      ['proc-root', '/b'],
      ['source', 'proc'],
    ]);
  });

  test('a flag that may be several is a mistake', () => {
    expect(() => role('--num ')).toThrow('--num is ambiguous');
  });
});
