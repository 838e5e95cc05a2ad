import { expect, test } from 'vitest';
import { fileText } from '../../src/text/file-text.ts';

test.each([
  ['UTF-8', Buffer.from('naïve\r\n')],
  ['UTF-8 with a mark', Buffer.from('\ufeffnaïve\r\n')],
  ['UTF-16, as PowerShell 5.1 writes it', Buffer.from('\ufeffnaïve\r\n', 'utf16le')],
])('%s', (_, bytes) => {
  expect(fileText(bytes)).toBe('naïve\r\n');
});

test('an empty file', () => {
  expect(fileText(Buffer.alloc(0))).toBe('');
});
