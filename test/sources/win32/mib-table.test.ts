import { expect, it } from 'vitest';
import { mibTable, wideText } from '../../../src/sources/win32/mib-table.ts';

const table = Buffer.alloc(16, 1);

it('a table is what Windows gives', () => {
  expect(mibTable('GetIfTable2', { status: 0, table })).toBe(table);
});

it.each([
  ['ERROR_NOT_FOUND: there are no routes', 1168],
  ['ERROR_NOT_SUPPORTED: there is no IPv6', 50],
])('is empty after %s', (_, status) => {
  expect(mibTable('GetIpForwardTable2', { status, table }).readUInt32LE(0)).toBe(0);
});

it('is not empty after any other error, which is told', () => {
  expect(() => mibTable('GetIfTable2', { status: 5, table })).toThrow(
    'GetIfTable2 failed with Windows error 5; "net helpmsg 5" explains it',
  );
});

it.each([
  ['Ethernet\0rest', 'Ethernet'],
  ['Ethernet', 'Ethernet'],
  ['\0', ''],
])('a text ends at a zero, or after its room: %j', (text, expected) => {
  const bytes = Buffer.from(`xx${text}yy`, 'utf16le');
  expect(wideText(bytes, 4, text.length)).toBe(expected);
});
