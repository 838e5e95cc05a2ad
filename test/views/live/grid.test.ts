import { describe, expect, test } from 'vitest';
import { clipped, emptyGrid, put, restyle } from '../../../src/views/live/grid.ts';
import { bold, plain, reverse } from '../../../src/views/live/style.ts';

const columns = 8;

/** A row of this text between two rows of dots. */
function gridOf(text: string) {
  const grid = emptyGrid({ columns, rows: 3 });
  for (const row of [0, 2]) put(grid, row, 0, '.'.repeat(columns));
  put(grid, 1, 0, text);
  return grid;
}

const cells = ({ texts }: { readonly texts: readonly string[] }, row = 1) =>
  texts.slice(row * columns, (row + 1) * columns);

describe('what is put into a row', () => {
  const after = ['d', 'e', 'f', 'g', 'h'];
  test.each<[string, number, string, number | undefined, readonly string[], number]>([
    ['stands over what was there', 0, 'xyz', undefined, ['x', 'y', 'z', ...after], 3],
    ['that is empty changes nothing', 3, '', undefined, ['a', 'b', 'c', ...after], 3],
    ['ends with it', 6, 'xyz', undefined, ['a', 'b', 'c', ...after.slice(0, 3), 'x', 'y'], 8],
    ['ends where it should', 0, 'xyz', 2, ['x', 'y', 'c', ...after], 2],
    ['does so beyond ASCII too', 0, 'éyz', 2, ['é', 'y', 'c', ...after], 2],
    ['takes two cells if it is wide', 0, '日x', undefined, ['日', '', 'x', ...after], 3],
    ['is left out if half of it fits', 0, 'é日', 2, ['é', 'b', 'c', ...after], 1],
    ['is left out behind the row’s end', columns, 'xyz', undefined, ['a', 'b', 'c', ...after], 8],
    ['has its marks', 0, 'e\u0301か\u3099', undefined, ['e\u0301', 'か\u3099', '', ...after], 3],
    ['has no mark of what is before it', 1, '\u0301x', undefined, ['a', 'x', 'c', ...after], 2],
    ['controls nothing', 0, 'é\x1b\x9b', undefined, ['é', '\ufffd', '\ufffd', ...after], 3],
  ])('%s', (_, column, text, until, expected, next) => {
    const grid = gridOf('abcdefgh');
    expect(put(grid, 1, column, text, plain, until)).toBe(next);
    expect(cells(grid)).toEqual(expected);
    for (const row of [0, 2]) expect(cells(grid, row).join('')).toBe('.'.repeat(columns));
  });

  test.each<[string, number, string, readonly string[]]>([
    ['the first', 2, 'x', ['日', '', 'x', ' ', '語', '', 'g', 'h']],
    ['the second', 3, 'x', ['日', '', ' ', 'x', '語', '', 'g', 'h']],
    ['the first, by a wide one', 1, '中', [' ', '中', '', ' ', '語', '', 'g', 'h']],
    ['both', 2, 'xy', ['日', '', 'x', 'y', '語', '', 'g', 'h']],
  ])('leaves no half of a wide character: %s', (_, column, text, expected) => {
    const grid = gridOf('日本語gh');
    put(grid, 1, column, text);
    expect(cells(grid)).toEqual(expected);
  });

  test.each([-1, 3])('is nothing in row %i, which does not exist', (row) => {
    const grid = gridOf('abcdefgh');
    const before = [...grid.texts];
    expect(put(grid, row, 2, 'xyz')).toBe(2);
    restyle(grid, row, bold);
    expect(grid.texts).toEqual(before);
    expect(grid.styles.every((style) => style === plain)).toBe(true);
  });

  test('has its style, to which another is added', () => {
    const grid = gridOf('abcdefgh');
    put(grid, 1, 1, '日x', bold);
    restyle(grid, 1, reverse, 3, 5);
    const styles = [plain, bold, bold, bold | reverse, reverse, plain, plain, plain];
    expect([...grid.styles.slice(columns, 2 * columns)]).toEqual(styles);
    restyle(grid, 1, reverse);
    expect([...grid.styles.slice(columns, 2 * columns)]).toEqual(
      styles.map((style) => style | reverse),
    );
    for (const row of [0, 2]) {
      const other = grid.styles.slice(row * columns, (row + 1) * columns);
      expect(other.every((style) => style === plain)).toBe(true);
    }
  });
});

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['abcd', 1, '…'],
  ['abcd', 0, ''],
  ['abcd', -1, ''],
  ['', 0, ''],
  ['日本', 4, '日本'],
  ['日本', 3, '日…'],
  ['日本', 2, '…'],
])('%j clipped to %i columns is %j', (text, width, expected) => {
  expect(clipped(text, width)).toBe(expected);
});
