import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestRow, tableBlocks } from '../../../../src/sources/linux/sockets/table-blocks.ts';
import { tableOf } from '../support/fake-proc.ts';

const blockSize = 64 * 1024;

function blocksOf(text: string, chunk?: number): string[] {
  const blocks: string[] = [];
  for (const { bytes, end } of tableBlocks(tableOf(text, chunk))) {
    blocks.push(bytes.toString('latin1', 0, end));
  }
  return blocks;
}

describe('tableBlocks', () => {
  it.each([
    ['an empty file', '', 0],
    ['one line', 'a\n', 1],
    ['no line break at the end', 'a\nb', 1],
    ['only line breaks', '\n\n\n', 1],
    ['exactly a block', `${'x'.repeat(blockSize - 1)}\n`, 1],
    ['a byte more than a block', `${'x'.repeat(blockSize - 1)}\ny`, 2],
    ['a line cut by the end of a block', `${'x'.repeat(blockSize - 3)}\nlong line\n`, 2],
    ['a line longer than a block', `a\n${'x'.repeat(1.5 * blockSize)}\nb\n`, 2],
    ['nothing but a line longer than a block', 'x'.repeat(1.5 * blockSize), 1],
    ['many lines', 'a line of a table\n'.repeat(20_000), 11],
  ])('%s', (_, text, count) => {
    const blocks = blocksOf(text);
    expect(blocks.join('')).toBe(text);
    expect(blocks.length).toBe(count);
    expect(blocks.slice(0, -1).every((block) => block.endsWith('\n'))).toBe(true);
  });

  it('gives whole lines whatever the size of a read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 40 }), { minLength: 3000, maxLength: 4000 }),
        fc.integer({ min: 999, max: 70_000 }),
        (lines, chunk) => {
          const text = Buffer.from(lines.join('\n')).toString('latin1');
          const blocks = blocksOf(text, chunk);
          expect(blocks.join('')).toBe(Buffer.from(text).toString('latin1'));
          expect(blocks.slice(0, -1).every((block) => block.endsWith('\n'))).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([
    ['in the middle', ['a', 'x'.repeat(longestRow + 1), 'b']],
    ['at the beginning', ['x'.repeat(5 * longestRow), 'a', 'b']],
    ['at the end, which it does not have', ['a', 'b', 'x'.repeat(5 * longestRow)]],
    ['twice', ['x'.repeat(longestRow), 'a', 'x'.repeat(2 * longestRow), 'b']],
    ['behind many rows', [...Array<string>(20_000).fill('a row'), 'x'.repeat(longestRow * 3), 'b']],
  ])('leaves out a line that is too long for a row, and reports where: %s', (_, lines) => {
    for (const chunk of [1000, 4096, 70_000]) {
      const seen: string[] = [];
      let largest = 0;
      for (const { bytes, end, isTooLong } of tableBlocks(tableOf(lines.join('\n'), chunk))) {
        largest = Math.max(largest, bytes.length);
        if (isTooLong) seen.push('too long');
        else seen.push(...bytes.toString('latin1', 0, end).replace(/\n$/, '').split('\n'));
      }
      expect(seen).toEqual(lines.map((line) => (line.length >= longestRow ? 'too long' : line)));
      expect(largest).toBeLessThanOrEqual(longestRow);
    }
  });

  it('closes the file at the end, and when it is left before', () => {
    const whole = tableOf('a\nb\n');
    for (const _ of tableBlocks(whole)) expect(whole.closed).toBe(0);
    expect(whole.closed).toBe(1);
    const left = tableOf('a line\n'.repeat(20_000));
    for (const _ of tableBlocks(left)) break;
    expect(left.closed).toBe(1);
  });
});
