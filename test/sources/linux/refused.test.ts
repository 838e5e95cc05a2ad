import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { refused, refusedWarning } from '../../../src/sources/linux/refused.ts';
import { systemError } from './support/fake-proc.ts';

describe('refused', () => {
  it.each([
    [
      'EACCES',
      'forbidden',
      '/proc/x: permission denied; run as root, or where the system lets programs read it',
    ],
    [
      'EPERM',
      'forbidden',
      '/proc/x: permission denied; run as root, or where the system lets programs read it',
    ],
    ['EIO', 'unreadable', '/proc/x: cannot be read (EIO)'],
    ['ENOMEM', 'unreadable', '/proc/x: cannot be read (ENOMEM): out of memory'],
    [
      'EMFILE',
      'unreadable',
      '/proc/x: cannot be read (EMFILE): too many open files; raise the limit (ulimit -n)',
    ],
    [
      'ENFILE',
      'unreadable',
      '/proc/x: cannot be read (ENFILE): too many open files on this machine',
    ],
  ] as const)('%s', (code, warning, message) => {
    const error = refused('/proc/x', systemError(code));
    expect(error).toMatchObject({ code: 'unreadable', message, path: '/proc/x' });
    expect(refusedWarning('/proc/x', error)).toEqual({ code: warning, message, source: '/proc/x' });
  });

  it('leaves an error as it is if its message is complete', () => {
    const own = new NetstatError('unreadable', '/proc/x: a FIFO', { path: '/proc/x' });
    expect(refused('/proc/x', own)).toBe(own);
  });
});
