import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boxWidth,
  boxWidths,
  columnsOfBox,
  type WidthWish,
} from '../../../src/views/text/column-widths.ts';

const wish = (header: number, cells: number, rest: Partial<WidthWish> = {}): WidthWish => ({
  ...{ header, headerWord: Math.min(header, 3), cells, reserve: 0, long: false },
  ...rest,
});
const long = { long: true };

describe('boxWidths', () => {
  it.each<[string, WidthWish[], number, number[], 0 | 1]>([
    ['as wide as they are', [wish(5, 3), wish(4, 9)], 80, [5, 9], 1],
    ['room for what may come', [wish(5, 3, { reserve: 12 })], 80, [12], 1],
    ['less of that where room lacks', [wish(5, 3, { reserve: 30 })], 20, [16], 1],
    ['long text wraps first', [wish(5, 7), wish(4, 90, long)], 40, [7, 26], 1],
    ['long texts share alike', [wish(4, 90, long), wish(4, 50, long)], 47, [20, 20], 1],
    ['headers wrap next', [wish(9, 3), wish(4, 90, long)], 24, [3, 14], 1],
    ['a header stays legible', [wish(9, 1), wish(4, 90, long)], 24, [3, 14], 1],
    ['then padding goes', [wish(9, 8), wish(4, 90, long)], 20, [8, 9], 0],
    ['then everything wraps', [wish(9, 9), wish(9, 9)], 13, [5, 5], 0],
    ['and beyond that it is as it is', [wish(9, 9), wish(9, 9)], 3, [2, 2], 0],
  ])('%s', (_, wishes, room, widths, padding) => {
    expect(boxWidths(wishes, room)).toEqual({ widths, padding });
  });

  it('keeps to the room wherever there is any', () => {
    const anyWish = fc.record({
      ...{ header: fc.nat(20), headerWord: fc.nat(9), cells: fc.nat(200), reserve: fc.nat(40) },
      long: fc.boolean(),
    });
    const wishes = fc.array(anyWish, { minLength: 1, maxLength: 26 });
    fc.assert(
      fc.property(wishes, fc.integer({ min: 80, max: 300 }), (given, room) => {
        const { widths, padding } = boxWidths(given, room);
        expect(boxWidth(widths, padding)).toBeLessThanOrEqual(room);
        expect(Math.min(...widths)).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});

describe('the columns that there is room for', () => {
  const wishes = [wish(5, 4), wish(6, 6), wish(6, 3), wish(15, 15, long), wish(5, 11)];
  it.each<[string, number, number[], number[]]>([
    ['all of them', 80, [1, 2], [0, 1, 2, 3, 4]],
    ['all of them where long text wraps', 54, [1, 2], [0, 1, 2, 3, 4]],
    ['without the first to go', 46, [1, 2], [0, 2, 3, 4]],
    ['without the next', 40, [2, 1], [0, 3, 4]],
    ['no more than need go', 10, [2, 1], [0, 3, 4]],
    ['all where none may go', 10, [], [0, 1, 2, 3, 4]],
  ])('%s, %i wide', (_, room, firstToGo, expected) => {
    expect(columnsOfBox(wishes, room, firstToGo)).toEqual(expected);
  });
});
