import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameText } from '../../../src/views/live/frame-text.ts';
import { clipped, emptyGrid, type Grid, put } from '../../../src/views/live/grid.ts';
import { bold, color, plain, reverse, struck } from '../../../src/views/live/style.ts';
import { gridText } from './grid-text.ts';

const size = { columns: 24, rows: 5 };

function seen(terminal: xterm.Terminal): string {
  return Array.from({ length: terminal.rows }, (_, row) =>
    (terminal.buffer.active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
  ).join('\n');
}

function written(terminal: xterm.Terminal, text: string): Promise<void> {
  return new Promise((resolve) => terminal.write(text, resolve));
}

type Piece = readonly [row: number, column: number, text: string, style: number];

function gridOf(pieces: readonly Piece[]): Grid {
  const grid = emptyGrid(size);
  for (const [row, column, text, style] of pieces) put(grid, row, column, text, style);
  return grid;
}

const piece = fc.tuple(
  fc.nat(size.rows - 1),
  fc.nat(size.columns - 1),
  fc.constantFrom('tcp', 'a b', '日本', 'é', '0.0.0.0:443', '…', '      ', 'x'),
  fc.constantFrom(plain, bold, reverse, color.green, color.red | bold, struck),
);

describe('what is sent to a terminal', () => {
  test('makes it show each of any screens, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(piece, { maxLength: 8 }), { maxLength: 5 }),
        async (all) => {
          const terminal = new xterm.Terminal({ cols: 24, rows: 5, allowProposedApi: true });
          let before: Grid | null = null;
          for (const pieces of all) {
            const now = gridOf(pieces);
            await written(terminal, frameText(before, now, true));
            before = now;
            expect(seen(terminal)).toBe(gridText(now));
            for (let row = 0; row < size.rows; row++) {
              for (let column = 0; column < size.columns; column++) {
                const at = row * size.columns + column;
                const style = now.styles[at] ?? 0;
                const cell = terminal.buffer.active.getLine(row)?.getCell(column);
                if (now.texts[at] === '') continue;
                expect([cell?.isBold() !== 0, cell?.isInverse() !== 0]).toEqual([
                  (style & bold) !== 0,
                  (style & reverse) !== 0,
                ]);
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is nothing where nothing changed', () => {
    const grid = gridOf([[0, 0, 'tcp', bold]]);
    expect(frameText(grid, gridOf([[0, 0, 'tcp', bold]]), true)).toBe('');
  });

  test('is only what changed', () => {
    const before = gridOf([[1, 3, 'ESTABLISHED', color.green]]);
    const now = gridOf([
      [1, 3, 'ESTABLISHED', color.green],
      [3, 0, 'udp', plain],
    ]);
    expect(frameText(before, now, true)).toBe('\x1b[?2026h\x1b[4;1H\x1b[0mudp\x1b[0m\x1b[?2026l');
  });

  test('erases the rest of a row in no style', () => {
    const sent = frameText(
      gridOf([[0, 0, 'tcp udp', plain]]),
      gridOf([[0, 0, 'x', reverse]]),
      true,
    );
    expect(sent).toMatch(/x\x1b\[0m\x1b\[K/);
  });

  test.each([
    ['👩\u200d👧f', ['\x1b[1;1H👩\u200d', '\x1b[1;3H👧', '\x1b[1;5Hf']],
    ['👍🏽f', ['\x1b[1;1H👍', '\x1b[1;3H🏽', '\x1b[1;5Hf']],
  ])('blanks the cells of %j, of which a terminal may draw fewer', (text, drawn) => {
    // Where only the last of them changed, all are drawn anew.
    for (const old of ['abcde', text.replace(/.f$/u, 'xx')]) {
      const before = gridOf([[0, 0, old, plain]]);
      const sent = frameText(before, gridOf([[0, 0, text, plain]]), true).replaceAll('\x1b[0m', '');
      expect(sent).toContain(`\x1b[1;1H    ${drawn.join('')}`);
    }
  });

  test('begins anew where the size is another', () => {
    const text = frameText(emptyGrid({ columns: 10, rows: 2 }), gridOf([[0, 0, 'x', plain]]), true);
    expect(text).toContain('\x1b[2J');
  });

  test('has no colour where there is to be none, and the rest of the look', () => {
    const now = gridOf([[0, 0, 'x', color.red | bold]]);
    expect(frameText(null, now, false)).toContain('\x1b[0;1mx');
    expect(frameText(null, now, true)).toContain('\x1b[0;1;31mx');
  });
});

describe('a grid', () => {
  test('keeps control characters out, even if the caller did not', () => {
    const grid = gridOf([[0, 0, 'a\x1b[31mb\x9b', plain]]);
    expect(gridText(grid)).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
  });

  test('cuts at its right edge, never through a wide character', () => {
    const grid = emptyGrid({ columns: 3, rows: 1 });
    expect(put(grid, 0, 0, '日本語')).toBe(2);
    expect(gridText(grid)).toBe('日');
  });

  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 4, 'abc…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['abc', 0, ''],
  ] as const)('%s in %i columns is %s', (text, width, expected) => {
    expect(clipped(text, width)).toBe(expected);
  });
});
