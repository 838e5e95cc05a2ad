import { expect, test } from 'vitest';
import { helpLines } from '../../../../src/views/live/help.ts';
import { screenOf } from './support.ts';

const all = helpLines(80).map(({ text }) => text);
const help = (top: number, high: number) => screenOf(80, high, { mode: { kind: 'help', top } });

test('a text is shown from a line on, and which lines these are', () => {
  const { table } = help(3, 10);
  expect(table).toEqual([`Keys${`4-9 of ${all.length}`.padStart(76)}`, ...all.slice(3, 9)]);
});

test('at its end no line is left empty', () => {
  const { table } = help(9999, 10);
  expect(table[0]).toContain(` ${all.length - 5}-${all.length} of ${all.length}`);
  expect(table.slice(1)).toEqual(all.slice(-6));
});

test('where all of it is seen, no lines are named', () => {
  const { table } = help(5, all.length + 10);
  expect(table[0]).toBe('Keys');
  expect(table[1]).toBe(all[0]);
});
