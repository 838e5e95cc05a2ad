import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  executableOf,
  parseCommandLine,
  processNames,
} from '../../../../src/sources/linux/owners/process-names.ts';
import { nothingUnseen } from '../../../../src/sources/linux/owners/unseen-processes.ts';
import { fakeProc } from '../support/fake-proc.ts';

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
    expect(parseCommandLine(Buffer.from(bytes))).toEqual({
      program,
      commandLine,
      isCut: false,
    });
  });

  it('keeps bytes that are no UTF-8 apart', () => {
    expect(parseCommandLine(Buffer.from([0x61, 0xff, 0]))).toEqual({
      program: 'a\\xff',
      commandLine: 'a\\xff',
      isCut: false,
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

describe('a command line that is longer than what is taken of it', () => {
  it.each([
    ['ends with a byte', 'abcdef', 4, 'abcd', true],
    ['is no longer', 'abcd', 4, 'abcd', false],
    ['ends before a character that would be cut in two', 'abc日', 4, 'abc', true],
    ['ends behind a character', 'a日x', 4, 'a日', true],
    ['ends before one of four bytes', 'ab👩', 5, 'ab', true],
  ])('%s', (_, text, most, commandLine, isCut) => {
    expect(parseCommandLine(Buffer.from(text), most)).toMatchObject({ commandLine, isCut });
  });

  it('keeps bytes that are no UTF-8 at its end', () => {
    const bytes = Buffer.from([0x61, 0x80, 0x80, 0x80, 0x80, 0x80]);
    expect(parseCommandLine(bytes, 4).commandLine).toBe('a\\x80\\x80\\x80');
  });

  it('is not read beyond that', () => {
    const proc = fakeProc({ processes: { 5: { fd: {}, cmdline: 'x'.repeat(10_000) } } });
    expect(processNames(proc, 5, 100, nothingUnseen()).commandLine?.length).toBe(100);
    expect(proc.calls).toEqual(['read 5/cmdline 101']);
  });
});

it('knows a process whose first thread has ended by another', () => {
  const threads = { 78: { fd: {}, cmdline: '/bin/server\0-d\0', exe: '/bin/server' } };
  const proc = fakeProc({ processes: { 77: { fd: {}, cmdline: '', threads } } });
  expect(processNames(proc, 77, 511, nothingUnseen())).toEqual({
    program: 'server',
    commandLine: '/bin/server -d',
    isCut: false,
  });
  expect(executableOf(proc, 77)).toEqual({ path: '/bin/server', isDeleted: false });
});

it('knows an executable that was deleted by what the kernel puts behind it', () => {
  const proc = fakeProc({ processes: { 5: { fd: {}, exe: '/tmp/x (deleted)' } } });
  expect(executableOf(proc, 5)).toEqual({ path: '/tmp/x', isDeleted: true });
});
