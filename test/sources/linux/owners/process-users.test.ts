import { expect, it } from 'vitest';
import { realUserOf, usersIn } from '../../../../src/sources/linux/owners/process-users.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

it('a process has a real and an effective user', () => {
  const users = usersIn('Name:\tx\nUid:\t1000\t0\t0\t0\nGid:\t1\t2\t3\t4\n');
  expect(users).toEqual({ real: 1000, effective: 0 });
  expect(usersIn('Name:\tUid:\t5\t6\t\n')).toBeNull();
});

it.each([
  ['Name:\tx\nUid:\t1000\t0\t0\t0\n', 1000],
  ['Name:\tx\n', null],
  [systemError('EACCES'), null],
])('the real user of %j is %j', (status, expected) => {
  expect(realUserOf(fakeProc({ files: { '7/status': status } }), 7)).toBe(expected);
});
