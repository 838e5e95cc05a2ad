import { describe, expect, it } from 'vitest';
import { soughtByPid } from '../../../../src/model/socket/sought-owners.ts';
import { programTest } from '../../../../src/select/owners.ts';
import { heldBy } from '../../../../src/sources/linux/owners/held-by.ts';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.ts';

const processes: NonNullable<FakeMachine['processes']> = {
  5: { fd: { 0: '/dev/null', 3: 'socket:[10]', 4: 'socket:[11]' } },
  6: { fd: { 3: 'socket:[11]', 4: 'socket:[12]' } },
  7: { fd: systemError('EACCES') },
  8: { fd: {} },
};
const held = (...pids: number[]) => heldBy(fakeProc({ processes }), soughtByPid(...pids));

it('finds the sockets of these processes alone', () => {
  expect(held(5)).toEqual(new Set([10, 11]));
  expect(held(5, 6)).toEqual(new Set([10, 11, 12]));
});

it('finds none where a process has none, has ended or was not asked for', () => {
  expect(held(8)).toEqual(new Set());
  expect(held(99)).toEqual(new Set());
  expect(held()).toEqual(new Set());
});

it('does not know if one may not be inspected', () => {
  expect(held(7)).toBeNull();
  expect(held(5, 7)).toBeNull();
});

it('does not know if processes are hidden: it may be one of them', () => {
  const proc = { ...fakeProc({ processes }), hidesProcesses: () => true };
  expect(heldBy(proc, soughtByPid(99))).toBeNull();
  expect(heldBy(proc, soughtByPid(5))).toEqual(new Set([10, 11]));
});

describe('by name', () => {
  const many = 5000;
  const named = { pids: new Set<number>(), programs: [programTest('app')] };
  const machine = (changes: NonNullable<FakeMachine['processes']> = {}) =>
    fakeProc({
      processes: {
        5: { fd: { 3: 'socket:[10]' }, count: 2, cmdline: '/usr/bin/app\0-v\0' },
        6: { fd: { 3: 'socket:[11]' }, count: 2, cmdline: 'app: worker\0' },
        7: { fd: systemError('EACCES'), count: many, cmdline: 'other\0' },
        ...changes,
      },
    });

  it('finds the sockets of the processes with that name alone', () => {
    expect(heldBy(machine(), named)).toEqual(new Set([10, 11]));
  });

  it('finds those of PIDs too', () => {
    const proc = machine({ 8: { fd: { 3: 'socket:[12]' }, count: 1, cmdline: 'x\0' } });
    expect(heldBy(proc, { ...named, pids: new Set([8]) })).toEqual(new Set([10, 11, 12]));
  });

  it('finds none where no process has the name', () => {
    expect(heldBy(machine(), { ...named, programs: [programTest('none')] })).toEqual(new Set());
  });

  it.each<[string, NonNullable<FakeMachine['processes']>]>([
    ['may not be inspected', { 6: { fd: systemError('EACCES'), count: 2, cmdline: 'app\0' } }],
    ['does not show its name', { 8: { fd: {}, count: 2, cmdline: systemError('EACCES') } }],
  ])('does not know if one %s', (_, changes) => {
    expect(heldBy(machine(changes), named)).toBeNull();
  });

  it('does not know if processes are hidden', () => {
    expect(heldBy({ ...machine(), hidesProcesses: () => true }, named)).toBeNull();
  });

  it.each<[string, NonNullable<FakeMachine['processes']>]>([
    ['few descriptors', { 7: { fd: {}, count: 10, cmdline: 'other\0' } }],
    ['more than half of them', { 6: { fd: {}, count: many, cmdline: 'app\0' } }],
  ])('does not look for processes that have %s', (_, changes) => {
    expect(heldBy(machine(changes), named)).toBeNull();
  });

  it('looks for them if they have half of many', () => {
    const half = { fd: { 3: 'socket:[11]' }, count: many - 2, cmdline: 'app\0' };
    expect(heldBy(machine({ 6: half }), named)).toEqual(new Set([10, 11]));
  });
});
