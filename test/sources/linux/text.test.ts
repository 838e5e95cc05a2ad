import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, decodeTextIn } from '../../../src/sources/linux/text.ts';

describe('decodeText', () => {
  it.each([
    ['ASCII', [0x61, 0x62], 'ab'],
    ['2 bytes', [0xc3, 0xa9], 'é'],
    ['3 bytes', [0xe6, 0x97, 0xa5], '日'],
    ['4 bytes', [0xf0, 0x9f, 0x91, 0xa9], '👩'],
    ['control characters', [0x1b, 0x5b, 0x0a], '\u001b[\n'],
    ['the replacement character itself', [0xef, 0xbf, 0xbd], '\ufffd'],
    ['a byte-order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
    ['Latin-1', [0x63, 0xe9], 'c\\xe9'],
    ['no UTF-8 at all', [0xff, 0xfe], '\\xff\\xfe'],
    ['a character cut short', [0xe6, 0x97], '\\xe6\\x97'],
    ['a character cut short within', [0xe6, 0x97, 0x61], '\\xe6\\x97a'],
    ['an overlong form', [0xc0, 0xaf], '\\xc0\\xaf'],
    ['an overlong form of 3', [0xe0, 0x80, 0xaf], '\\xe0\\x80\\xaf'],
    ['half a surrogate pair', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['past the last character', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    ['right beside wrong', [0xff, 0xc3, 0xa9, 0xff], '\\xffé\\xff'],
    ['nothing', [], ''],
    ['a backslash', [...Buffer.from('a\\x2d\\x1b\\')], 'a\\x2d\\x1b\\'],
    ['what would read as a byte', [...Buffer.from('a\\xff\\XE9')], 'a\\\\xff\\\\XE9'],
    ['backslashes before a byte', [0x5c, 0x5c, 0xff, 0x5c], '\\\\\\\\\\xff\\'],
  ])('%s', (_, bytes, text) => {
    expect(decodeText(Buffer.from(bytes))).toBe(text);
  });

  it('gives any UTF-8 back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeText(Buffer.from(text))).toBe(text);
      }),
    );
  });

  it('loses no byte of anything', () => {
    const part = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.constantFrom('\\', '\\\\', 'xff', '\\xe9', '\\x2d').map((text) => Buffer.from(text)),
      fc.constant(Buffer.of(0xff)),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const bytes = Buffer.concat(parts);
        const text = decodeText(bytes);
        const back = text.replace(/(\\+)x([89a-f][0-9a-f])/gi, (all, slashes, digits) => {
          const half = slashes.slice(0, slashes.length >> 1);
          if (slashes.length % 2 === 0) return half + all.slice(slashes.length);
          return half + String.fromCharCode(0xf700 + Number.parseInt(digits, 16));
        });
        const encoded = Buffer.concat(
          [...back].map((character) => {
            const code = character.codePointAt(0) as number;
            return code >= 0xf700 && code < 0xf800
              ? Buffer.from([code & 255])
              : Buffer.from(character);
          }),
        );
        expect(encoded).toEqual(bytes);
      }),
    );
  });
});

it('decodeTextIn is decodeText of a part', () => {
  const byte = fc.oneof(fc.constantFrom(0, 0x0a, 0x1b, 0x5c, 0x78, 0x66, 0xc3, 0xa9), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte), fc.nat(20), fc.nat(20), (bytes, start, length) => {
      const all = Buffer.from(bytes);
      const end = Math.min(start + length, all.length);
      expect(decodeTextIn(all, start, end)).toBe(decodeText(all.subarray(start, end)));
    }),
  );
});
