import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/format/sanitize.js';

describe('sanitize', () => {
  it.each([
    ['plain', 'nginx: worker', 'nginx: worker'],
    ['UTF-8', 'café 日本 👩‍💻', 'café 日本 👩‍💻'],
    ['escape sequence', '\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['line breaks', 'a\nb\r\tc\u2028d', 'a\\nb\\r\\tc\\u2028d'],
    ['NUL and DEL', '\u0000a\u007f', '\\x00a\\x7f'],
    ['C1 control sequence introducer', '\u009b2J', '\\x9b2J'],
    ['bidirectional override', 'exe\u202egnp', 'exe\\u202egnp'],
    ['half a surrogate pair', 'a\ud800b\udc00', 'a\\ud800b\\udc00'],
    ['a backslash stays', 'C:\\x', 'C:\\x'],
  ])('%s', (_, given, safe) => {
    expect(sanitize(given)).toBe(safe);
  });

  it('leaves no control character in any text, and leaves safe text alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = sanitize(text);
        expect(safe).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(sanitize(safe)).toBe(safe);
      }),
    );
  });
});
