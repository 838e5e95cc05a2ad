import { describe, expect, it } from 'vitest';
import { powersOf } from '../../../../src/sources/linux/owners/powers.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

const outermost = '         0          0 4294967295\n';

function powers(uid: number, effective: string, map = outermost) {
  const status = `Name:\tnode\nUid:\t1\t${uid}\t2\t3\nCapEff:\t${effective}\nCapBnd:\t000001ffffffffff\n`;
  return powersOf(fakeProc({ files: { 'self/status': status, 'self/uid_map': map } }));
}

describe('powersOf', () => {
  const none = {
    isRoot: false,
    seesAll: false,
    lists: false,
    loadsPrograms: false,
    entersNetworks: false,
    isFiltered: false,
  };

  it.each([
    ['nothing', '0000000000000000', {}],
    ['CAP_DAC_OVERRIDE', '0000000000000002', { lists: true }],
    ['CAP_DAC_READ_SEARCH', '0000000000000004', { lists: true }],
    ['CAP_SYS_PTRACE', '0000000000080000', { seesAll: true }],
    ['CAP_SYS_ADMIN', '0000000000200000', { loadsPrograms: true, entersNetworks: true }],
    ['CAP_PERFMON', '0000004000000000', {}],
    ['CAP_BPF', '0000008000000000', {}],
    ['CAP_PERFMON and CAP_BPF', '000000c000000000', { loadsPrograms: true }],
    [
      'all',
      '000001ffffffffff',
      { seesAll: true, lists: true, loadsPrograms: true, entersNetworks: true },
    ],
    ['all but these', '0000013fffd7fff9', {}],
  ])('takes what is effective for what may be done: %s', (_, effective, more) => {
    expect(powers(1000, effective)).toEqual({ ...none, isNested: false, ...more });
  });

  it('knows root by the effective user', () => {
    expect([powers(0, '0').isRoot, powers(1, '0').isRoot]).toEqual([true, false]);
  });

  it.each([
    [outermost, false],
    ['0 1000 1\n', true],
    ['0 0 65536\n', true],
    ['0 0 4294967295\n1 2 3\n', true],
    ['', false],
  ])('knows another user namespace by its map: %j', (map, isNested) => {
    expect(powers(0, '0', map).isNested).toBe(isNested);
  });

  it.each([
    ['Seccomp:\t0\n', false],
    ['Seccomp:\t1\n', false],
    ['Seccomp:\t2\nSeccomp_filters:\t1\n', true],
    ['Seccomp_filters:\t2\n', false],
  ])('knows a filter of system calls: %j', (status, isFiltered) => {
    expect(powersOf(fakeProc({ files: { 'self/status': status } })).isFiltered).toBe(isFiltered);
  });

  it('knows of nothing where it cannot be read', () => {
    const files = { 'self/status': systemError('EACCES') };
    expect(powersOf(fakeProc({ files }))).toEqual({ ...none, seesAll: null, isNested: false });
  });
});
