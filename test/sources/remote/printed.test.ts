import { describe, expect, it } from 'vitest';
import { firstWords, lastLine } from '../../../src/sources/remote/printed.ts';

describe('what a machine printed', () => {
  it.each([
    [
      'the last line',
      'Warning: X\nPermission denied (publickey).\n',
      'Permission denied (publickey).',
    ],
    ['of a terminal', 'one\r\ntwo\r\n\r\n  \r\n', 'two'],
    ['nothing', ' \n\r\n', null],
    ['what would move the cursor', 'a\u001b[2Jb', 'a\ufffd[2Jb'],
  ])('ends in %s', (_, text, line) => {
    expect(lastLine(Buffer.from(text))).toBe(line);
  });

  it.each([
    ['a banner', '******\r\n  Welcome to router OS\r\n> T=1\r\n', 'Welcome to router OS'],
    ['words of any script', '***\n日本\n', '日本'],
    ['lines alone', '****\n----\n', null],
  ])('begins with words after %s', (_, text, line) => {
    expect(firstWords(Buffer.from(text))).toBe(line);
  });
});
