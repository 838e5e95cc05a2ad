import { describe, expect, it } from 'vitest';
import { faultText } from '../../src/process/fault-text.ts';

describe('an unexpected error', () => {
  it.each([
    [new TypeError('odd'), 'internal error: TypeError: odd; please report it, with what the'],
    [
      Object.assign(new Error("EMFILE: too many open files, open '/x/part.cjs'"), {
        code: 'EMFILE',
      }),
      "EMFILE: too many open files, open '/x/part.cjs'; raise the limit of open files (ulimit -n)",
    ],
    [null, 'internal error: null; please report it'],
  ])('is a fault of the program, unless its files cannot be opened: %s', (error, text) => {
    expect(faultText(error, false)).toContain(text);
    expect(faultText(error, true)).toMatch(/^internal error: /);
  });

  it('is shown with its stack with --debug, and not with a message that looks like one', () => {
    const lines = faultText(new Error('odd\n    at forged (file:1:1)'), true).split('\n');
    expect(lines[0]).toBe('internal error: Error: odd\\x0a    at forged (file:1:1)');
    expect(lines[1]).toMatch(/^ {4}at .*fault-text\.test\.ts:\d+:\d+\)?$/);
    expect(lines.slice(1).join()).not.toContain('forged');
  });
});
