import { expect, it } from 'vitest';
import { hasAddressRoom } from '../../../../src/sources/linux/threads/address-room.ts';

const limits = (soft: string) =>
  'Limit                     Soft Limit           Hard Limit           Units     \n' +
  `Max address space         ${soft.padEnd(20)} unlimited            bytes     \n`;
const status = 'Name:\tnode\nVmPeak:\t  900000 kB\nVmSize:\t  716800 kB\n';
const mebibyte = 1024 * 1024;

it.each([
  ['unlimited', true],
  [`${(700 + 768) * mebibyte}`, true],
  [`${(700 + 767) * mebibyte}`, false],
  [`${600 * mebibyte}`, false],
])('a thread has room in an address space of %s: %s', (soft, room) => {
  expect(hasAddressRoom((file) => (file === 'limits' ? limits(soft) : status))).toBe(room);
});

it('a thread has room if no limit is told', () => {
  expect(hasAddressRoom(() => '')).toBe(true);
  expect(
    hasAddressRoom(() => {
      throw new Error('ENOENT');
    }),
  ).toBe(true);
});
