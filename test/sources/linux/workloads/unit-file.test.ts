import { describe, expect, it } from 'vitest';
import { parseUnitFile } from '../../../../src/sources/linux/workloads/unit-file.ts';

describe('a section of a unit file', () => {
  it.each([
    ['has settings in their order', '[Socket]\nA=1\nB=2\nA=3\n', ['A=1', 'B=2', 'A=3']],
    ['is read without blanks', ' [Socket] \n\t A =  1 x \r\n', ['A=1 x']],
    ['may come again', '[Socket]\nA=1\n[Unit]\nA=2\n[Socket]\nA=3', ['A=1', 'A=3']],
    ['has no lines before it', 'A=1\n[Socket]\nA=2', ['A=2']],
    ['is not one with a like name', '[Sockets]\nA=1\n[socket]\nA=2', []],
    ['has no comments', '[Socket]\n# A=1\n ;A=2\nA=3 # no comment', ['A=3 # no comment']],
    ['has empty values', '[Socket]\nA=\nB = \n', ['A=', 'B=']],
    ['has values with signs', '[Socket]\nA==x=[y]\n', ['A==x=[y]']],
    ['leaves out what is no setting', '[Socket]\nA\n=1\n\nA=1', ['A=1']],
    ['has lines that go on', '[Socket]\nA=1 \\\n  2\\\n3\nB=4', ['A=1    2 3', 'B=4']],
    ['has lines that go on after a comment', '[Socket]\nA=1\\\n# no\n2', ['A=1 2']],
    ['has a backslash that is one', '[Socket]\nA=1\\\\\nB=2', ['A=1\\\\', 'B=2']],
    ['goes on to the end', '[Socket]\nA=1\\', ['A=1']],
    ['is empty in an empty file', '', []],
  ])('%s', (_, text, settings) => {
    expect(parseUnitFile(text, 'Socket').map(({ key, value }) => `${key}=${value}`)).toEqual(
      settings,
    );
  });
});
