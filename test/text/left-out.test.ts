import { expect, test } from 'vitest';
import { leftOut } from '../../src/text/left-out.ts';

/** What remains of these widths in this room, if all may go, the first one first. */
function remaining(widths: readonly number[], room: number): readonly number[] {
  const all = widths.map((width, at) => ({ width, at }));
  const gone = leftOut(all, (out) => {
    const rest = all.filter((one) => !out.has(one));
    return rest.reduce((sum, { width }) => sum + width, 0) <= room;
  });
  return all.filter((one) => !gone.has(one)).map(({ width }) => width);
}

test.each([
  ['nothing, if all fits', [3, 4], 7, [3, 4]],
  ['the first', [3, 4], 6, [4]],
  ['as many as necessary', [1, 2, 3, 4], 4, [4]],
  ['not one that fits into the room of a later one', [1, 9, 3], 5, [1, 3]],
  ['of two that could come back the one that was to go first', [2, 3, 9], 4, [3]],
  ['all, if nothing fits', [3, 4], 2, []],
])('leaves out %s', (_, widths, room, expected) => {
  expect(remaining(widths, room)).toEqual(expected);
});
