import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, left, right } from '../../../../src/views/text/netstat/pad.ts';

describe('left and right', () => {
  it.each([
    ['', 3, '   ', '   '],
    ['ab', 3, 'ab ', ' ab'],
    ['abc', 3, 'abc', 'abc'],
    ['abcd', 3, 'abcd', 'abcd'],
    ['é', 3, 'é ', ' é'],
    ['日', 3, '日', '日'],
  ])('%j in %d bytes', (text, width, onTheLeft, onTheRight) => {
    expect(left(text, width)).toBe(onTheLeft);
    expect(right(text, width)).toBe(onTheRight);
  });
});

describe('cut', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['abc', 0, ''],
    ['aé', 2, 'a'],
    ['aé', 3, 'aé'],
    ['日本', 5, '日'],
    ['👩‍💻', 4, '👩'],
    ['👩', 3, ''],
  ])('%j to %d bytes', (text, bytes, expected) => {
    expect(cut(text, bytes)).toBe(expected);
  });

  it('is the beginning, whole characters only, and no longer than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, bytes) => {
        const short = cut(text, bytes);
        expect(text.startsWith(short)).toBe(true);
        expect(Buffer.byteLength(short)).toBeLessThanOrEqual(bytes);
        const next = [...text.slice(short.length)][0];
        if (next !== undefined) {
          expect(Buffer.byteLength(short + next)).toBeGreaterThan(bytes);
        }
      }),
    );
  });
});
