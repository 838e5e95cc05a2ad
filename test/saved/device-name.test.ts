import { expect, it } from 'vitest';
import { isDeviceName } from '../../src/saved/device-name.ts';

it.each([
  ...['NUL', 'nul', 'Con', 'prn', 'AUX', 'com1', 'LPT9', 'COM²', 'CONOUT$'],
  ...['aux.json', 'nul.tar.gz', 'NUL ', 'NUL.', 'nul .json', 'nul:', 'nul:stream'],
  ...['C:\\logs\\nul', 'C:/logs/aux.json', 'C:nul', '..\\con', '\\\\?\\C:\\logs\\NUL'],
])('%j is a device of Windows, and elsewhere a file', (path) => {
  expect(isDeviceName(path, 'win32')).toBe(true);
  expect(isDeviceName(path, 'linux')).toBe(false);
});

it.each([
  ...['ports.json', 'nul1', 'null', 'com0', 'com10', 'lpt', 'my.nul', 'a nul', ' nul', ''],
  ...['NUL\\ports.json', 'C:\\console', '-'],
])('%j is a file', (path) => {
  expect(isDeviceName(path, 'win32')).toBe(false);
});
