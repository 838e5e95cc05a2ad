import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { errnoName } from '../../../src/sources/linux/errno-name.ts';

it.each(['ENOENT', 'EAGAIN', 'ENOBUFS', 'EPERM'] as const)('names a negated %s', (name) => {
  expect(errnoName(-constants.errno[name])).toBe(name);
});
