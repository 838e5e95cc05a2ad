import { expect, it } from 'vitest';
import { endText } from '../../../src/analysis/checks/words.ts';

it.each([
  ['127.0.0.1:80', { address: '127.0.0.1', zone: null, port: 80 }],
  ['[::1]:80', { address: '::1', zone: null, port: 80 }],
  // Servers at one address of two links are two.
  ['[fe80::1%en0]:80', { address: 'fe80::1', zone: 'en0', port: 80 }],
])('an end reads %s', (expected, end) => {
  expect(endText(end)).toBe(expected);
});
