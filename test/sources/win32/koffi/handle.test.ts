import { expect, it } from 'vitest';
import { handleOf } from '../../../../src/sources/win32/koffi/handle.ts';

it.each([
  ['a handle', 260n, 260n],
  ['NULL, by which most functions fail', 0n, null],
  ['NULL as koffi may have it', null, null],
  ['INVALID_HANDLE_VALUE, by which the others fail', 0xffff_ffff_ffff_ffffn, null],
  ['that of 32 bits', 0xffff_ffffn, null],
  ['that with its sign', -1n, null],
])('Windows returns %s', (_, value, handle) => {
  expect(handleOf(value)).toBe(handle);
});
