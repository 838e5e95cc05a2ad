import { expect, test } from 'vitest';
import { screenOf } from './support.ts';

const choices = [
  { key: '', label: 'not sorted', meaning: 'As it is.', isOn: false },
  { key: 'a', label: 'a', title: 'A', meaning: 'First.', isOn: true },
  {
    key: 'bb',
    label: 'bb',
    title: 'BB',
    meaning: 'A long text that has no room in a line.',
    isOn: false,
  },
  { key: 'c', label: 'c', title: 'C', meaning: 'Third.', isOn: false },
];

test.each([
  ['columns', 'Columns', ['[ ]', '[x]', '[ ]', '[ ]']],
  ['sort', 'Sort by', ['   ', ' * ', '   ', '   ']],
] as const)('choices of %s are shown with those that are on', (what, title, signs) => {
  const mode = { kind: 'choose', what, choices, place: { at: 2, top: 0 } } as const;
  const { table, selected } = screenOf(40, 9, { mode });
  expect(table).toEqual([
    title,
    `${signs[0]} not sorted  As it is.`,
    `${signs[1]} a           First.`,
    `${signs[2]} bb          A long text that has no…`,
    `${signs[3]} c           Third.`,
  ]);
  expect(selected).toEqual([table[3]]);
});

test('a long list shows those around the selected one', () => {
  const mode = { kind: 'choose', what: 'columns', choices, place: { at: 2, top: 1 } } as const;
  const { table, selected } = screenOf(40, 6, { mode });
  expect(table.map((line) => line.slice(0, 6))).toEqual(['Column', '[x] a ', '[ ] bb']);
  expect(selected).toEqual([table[2]]);
});
