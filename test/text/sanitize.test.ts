import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masked, sanitize } from '../../src/text/sanitize.ts';

const acute = '\u0301';

/** What `sanitize` wrote, back to what it was given. */
function decoded(safe: string): string {
  return safe.replace(
    /(\\+)(?:x([01][0-9a-f]|7f)|u([0-9a-f]{4})|u\{([0-9a-f]{5,6})\})/gi,
    (whole, slashes: string, ascii?: string, short?: string, long?: string) => {
      const half = slashes.slice(0, slashes.length >> 1);
      if (slashes.length % 2 === 0) return half + whole.slice(slashes.length);
      const code = Number.parseInt(ascii ?? short ?? long ?? '', 16);
      return half + (code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code));
    },
  );
}

describe('sanitize', () => {
  it.each([
    ['plain', 'nginx: worker', 'nginx: worker'],
    ['UTF-8', 'café 日本 👩‍💻 ❤️ 👩🏽‍💻', 'café 日本 👩‍💻 ❤️ 👩🏽‍💻'],
    ['escape sequence', '\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['line breaks', 'a\nb\r\tc\u2028d', 'a\\x0ab\\x0d\\x09c\\u2028d'],
    ['NUL and DEL', '\u0000a\u007f', '\\x00a\\x7f'],
    ['C1 control sequence introducer', '\u009b2J', '\\u009b2J'],
    ['the first of C1', '\u0080', '\\u0080'],
    ['bidirectional override', 'exe\u202egnp', 'exe\\u202egnp'],
    ['half a surrogate pair', 'a\ud800b\udc00', 'a\\ud800b\\udc00'],
    ['a zero-width blank', 'ssh\u200bd', 'ssh\\u200bd'],
    ['joiners', 'ssh\u200c\u200dd', 'ssh\\u200c\\u200dd'],
    ['a joiner in front of an emoji', 'd\u200d👩', 'd\\u200d👩'],
    ['a word joiner and the invisible signs', '\u2060a\u2063', '\\u2060a\\u2063'],
    ['a soft hyphen', 'ss\u00adhd', 'ss\\u00adhd'],
    ['a grapheme joiner', 'ss\u034fhd', 'ss\\u034fhd'],
    ['fillers', 'a\u115fb\u3164c\uffa0', 'a\\u115fb\\u3164c\\uffa0'],
    ['symbols without ink', '\u2800a\u{1d159}', '\\u2800a\\u{1d159}'],
    ['variation selectors', 'a\ufe0fb\u180b\u{e0100}', 'a\\ufe0fb\\u180b\\u{e0100}'],
    ['tags', 'sshd\u{e0041}', 'sshd\\u{e0041}'],
    ['musical format characters', 'a\u{1d173}', 'a\\u{1d173}'],
    ['interlinear marks', 'a\ufff9b\ufffb', 'a\\ufff9b\\ufffb'],
    ['marks on a character', `e${acute}\u0327`, `e${acute}\u0327`],
    ['a mark on nothing', `${acute}e`, '\\u0301e'],
    ['a flood of marks', `a${acute.repeat(6)}b`, `a${acute.repeat(4)}\\u0301\\u0301b`],
  ])('%s', (_, given, safe) => {
    expect(sanitize(given)).toBe(safe);
  });

  it.each([
    ['systemd’s escapes', '/run/dev-disk-by\\x2duuid.sock'],
    ['Windows’ paths', 'C:\\Program Files\\nodejs\\node.exe'],
    ['a network’s path', '\\\\server\\users\\x'],
    ['bytes that were no UTF-8', '/run/\\xff\\xc3'],
    ['a backslash at the end', 'a\\'],
  ])('keeps backslashes that no escape begins with: %s', (_, text) => {
    expect(sanitize(text)).toBe(text);
  });

  it.each([
    ['an escape', '\\x1b[2J', '\\\\x1b[2J'],
    ['in capitals', '\\X1B \\U200B', '\\\\X1B \\\\U200B'],
    ['of a control character', '\\x7f', '\\\\x7f'],
    ['of other characters', '\\u200b \\u{e0041}', '\\\\u200b \\\\u{e0041}'],
    ['behind a backslash', '\\\\x1b', '\\\\\\\\x1b'],
    ['a backslash before a real one', '\\\u001b', '\\\\\\x1b'],
  ])('doubles backslashes where they would forge one: %s', (_, text, safe) => {
    expect(sanitize(text)).toBe(safe);
  });

  it('leaves nothing unsafe in any text, and can be undone', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\\',
        '\\\\',
        'x1b',
        'x2d',
        'u200b',
        '\u001b',
        '\u200b',
        acute,
        '\\x1B',
        '👩',
      ),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join('');
        const safe = sanitize(text);
        expect(safe).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|[\p{Mn}\p{Me}]{5}/u);
        expect(safe.replace(/\p{ExtPict}(?:\p{EMod}|\ufe0f)?\u200d?/gu, '')).not.toMatch(
          /[\p{Cf}\p{DI}]/u,
        );
        expect(decoded(safe)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('masked', () => {
  it.each([
    ['plain text stays', "it's 日本 e\u0301", "it's 日本 e\u0301"],
    ['control characters', 'a\u001b[31m\u009bb', 'a\ufffd[31m\ufffdb'],
    ['line breaks of every kind', 'a\n\r\u2028\u2029b', 'a\ufffd\ufffd\ufffd\ufffdb'],
    ['bidirectional controls', 'a\u202e\u2066b', 'a\ufffd\ufffdb'],
    ['half of a pair', '\ud800', '\ufffd'],
    ['a tag, which is a pair', 'a\u{e0041}b', 'a\ufffd\ufffdb'],
  ])('%s', (_, text, shown) => {
    expect(masked(text)).toBe(shown);
    expect(masked(text)).toHaveLength(text.length);
  });
});
