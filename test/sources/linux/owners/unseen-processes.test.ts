import { describe, expect, it } from 'vitest';
import {
  deniedWarning,
  failedWarning,
  nothingUnseen,
} from '../../../../src/sources/linux/owners/unseen-processes.ts';
import { fakeProc } from '../support/fake-proc.ts';

const every = '000001ffffffffff';
const noPtrace = '000001fffff7ffff';
const nothing = '0000000000000000';
const outermost = '         0          0 4294967295\n';

function machine(uid: number, effective: string, map = outermost) {
  const status = `Name:\tnode\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${effective}\n`;
  return fakeProc({ isLive: true, files: { 'self/status': status, 'self/uid_map': map } });
}
const denied = { ...nothingUnseen(), denied: 2 };
const hidden = { ...nothingUnseen(), hidden: true };

describe('what would help against what is denied', () => {
  it.each([
    ['an ordinary user', machine(1000, nothing), 'root (with CAP_SYS_PTRACE) would see them'],
    ['root without the capability', machine(0, noPtrace), 'this root lacks CAP_SYS_PTRACE'],
    ['root with it', machine(0, every), 'CAP_SYS_PTRACE is present, so a security module'],
    ['a user with it', machine(1000, every), 'CAP_SYS_PTRACE is present, so a security module'],
    [
      'a user with that one alone',
      machine(1000, '0000000000080000'),
      'CAP_DAC_READ_SEARCH is missing, which is needed to list the descriptors of others',
    ],
    ['a user with both', machine(1000, '0000000000080004'), 'is present, so a security module'],
    [
      'root of a user namespace',
      machine(0, every, '0 1000 1\n'),
      "the machine's root would see them",
    ],
    [
      'root of a user namespace without it',
      machine(0, noPtrace, '0 1000 1\n'),
      "the machine's root would see them",
    ],
    ['whoever cannot be known', fakeProc({ isLive: true }), 'root (with CAP_SYS_PTRACE) would'],
    ['a capture', fakeProc({}), 'the user who captured them could not see more'],
  ])('%s', (_, proc, remedy) => {
    const { message } = deniedWarning(proc, denied, 3);
    expect(message).toContain(
      'the owners of 3 sockets could not be determined: 2 processes could not be inspected; ',
    );
    expect(message).toContain(remedy);
    if (!remedy.startsWith('root')) expect(message).not.toContain('root (with CAP_SYS_PTRACE)');
  });

  it('names what hides processes', () => {
    expect(deniedWarning(machine(1000, nothing), hidden, 1).message).toBe(
      "the owners of 1 socket could not be determined: /proc hides other users' processes (hidepid); root (with CAP_SYS_PTRACE) would see them",
    );
    expect(deniedWarning(machine(0, every), hidden, 1).message).toContain('hidepid=0');
    const copy = { ...fakeProc({}), root: import.meta.dirname };
    expect(deniedWarning(copy, hidden, 1).message).toMatch(
      /: \S+ holds no processes; a copy with the folders of processes would show them$/,
    );
  });
});

it.each([
  ['EMFILE', 'raise `ulimit -n`'],
  ['ENFILE', 'fs.file-max'],
  ['ENOMEM', 'out of memory'],
  ['EIO', '(EIO)'],
])('reports an error with its meaning: %s', (error, meaning) => {
  const { code, message } = failedWarning(fakeProc({}), { ...nothingUnseen(), failed: 1, error });
  expect(code).toBe('owners-failed');
  expect(message).toContain('1 process could not be inspected');
  expect(message).toContain(meaning);
});
