import { expect, it } from 'vitest';
import { heldBy } from '../../../../src/sources/linux/owners/held-by.ts';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.ts';

const processes: NonNullable<FakeMachine['processes']> = {
  5: { fd: { 0: '/dev/null', 3: 'socket:[10]', 4: 'socket:[11]' } },
  6: { fd: { 3: 'socket:[11]', 4: 'socket:[12]' } },
  7: { fd: systemError('EACCES') },
  8: { fd: {} },
};
const held = (...pids: number[]) => heldBy(fakeProc({ processes }), new Set(pids));

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
  expect(heldBy(proc, new Set([99]))).toBeNull();
  expect(heldBy(proc, new Set([5]))).toEqual(new Set([10, 11]));
});
