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

it.each([0, 5, 2 ** 31 - 1])('says of %i that it is none', (number) => {
  expect(errnoName(number)).toBe('EBADMSG');
});

it.skipIf(process.platform !== 'linux')('has the number of ESTALE (Linux only)', () => {
  expect(stale).toBe(-constants.errno.ESTALE);
});
