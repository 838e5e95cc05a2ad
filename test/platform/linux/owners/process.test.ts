import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseCommandLine,
  seesEveryProcess,
} from '../../../../src/platform/linux/owners/process.js';
import { fakeProc, systemError } from '../support/fake-proc.js';

describe('parseCommandLine', () => {
  it.each([
    ['words', 'nginx\0-g\0daemon off;\0', 'nginx', 'nginx -g daemon off;'],
    ['a path', '/usr/sbin/cupsd\0-l\0', 'cupsd', '/usr/sbin/cupsd -l'],
    ['a relative path stays', './x/y\0', './x/y', './x/y'],
    ['folders in another place stay', 'a/b c/d\0', 'a/b c/d', 'a/b c/d'],
    ['a login shell', '-bash\0', '-bash', '-bash'],
    [
      'a rewritten title',
      'nginx: worker process\0\0\0\0',
      'nginx: worker process',
      'nginx: worker process',
    ],
    ['a rewritten title without NUL', 'sshd: ada@pts/0', 'sshd: ada@pts/0', 'sshd: ada@pts/0'],
    ['the last slash counts, even in arguments', '/usr/bin/perl /x/y\0', 'y', '/usr/bin/perl /x/y'],
    ['a slash at the end', '/usr/bin/\0', '', '/usr/bin/'],
    ['only a slash', '/\0', '', '/'],
    ['an empty first word', '\0--flag\0', '', ' --flag'],
    ['nothing, as kernel threads have', '', '', ''],
    ['only NULs', '\0\0', '', ''],
    ['empty words in between', 'a\0\0b\0', 'a', 'a  b'],
    ['a blank in front', ' lead\0', ' lead', ' lead'],
    ['escapes and line breaks', 'a\u001b[2J\nb\0', 'a\u001b[2J\nb', 'a\u001b[2J\nb'],
    ['UTF-8', '/opt/café/日本\0', '日本', '/opt/café/日本'],
  ])('%s', (_, bytes, program, commandLine) => {
    expect(parseCommandLine(Buffer.from(bytes))).toEqual({ program, commandLine });
  });

  it('keeps bytes that are no UTF-8 apart', () => {
    expect(parseCommandLine(Buffer.from([0x61, 0xff, 0]))).toEqual({
      program: 'a\\xff',
      commandLine: 'a\\xff',
    });
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        const { program, commandLine } = parseCommandLine(Buffer.from(bytes));
        expect(program).not.toContain('\0');
        expect(commandLine).not.toContain('\0');
      }),
    );
  });
});

it.each([
  ['the first namespace', 'pid:[4026531836]', true],
  ['a container’s', 'pid:[4026532001]', false],
])('whether every process is seen: %s', (_, pidNamespace, sees) => {
  expect(seesEveryProcess(fakeProc({ pidNamespace }))).toBe(sees);
});

it('does not claim to see every process where it cannot tell', () => {
  const proc = {
    ...fakeProc({}),
    readLink: () => {
      throw systemError('EACCES');
    },
  };
  expect(seesEveryProcess(proc)).toBe(false);
});
