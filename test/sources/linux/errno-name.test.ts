import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { errnoName, stale } from '../../../src/sources/linux/errno-name.ts';

const { ENOENT, EAGAIN, ENOBUFS, EPERM } = constants.errno;

it.each(Object.entries({ ENOENT, EAGAIN, ENOBUFS, EPERM }))(
  'names a negated %s',
  (name, number) => {
    expect(errnoName(-number)).toBe(name);
  },
);

it('names ESTALE, for which Node has no name', () => {
  expect(errnoName(stale)).toBe('ESTALE');
});

it.skipIf(process.platform !== 'linux')('has the number of ESTALE (Linux only)', () => {
  expect(stale).toBe(-constants.errno.ESTALE);
});
