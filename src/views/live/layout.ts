import type { Size } from './grid.ts';

/** Which rows of the screen show what, counted from 0. A row that is -1 has no room. */
export interface Layout {
  /** Name, time, interval, rates. */
  readonly head: number;
  /** How many sockets, by state. */
  readonly totals: number;
  /** What is chosen. */
  readonly asked: number;
  /** The names of the columns. */
  readonly titles: number;
  /** The first row of the table, and how many it has: always one. */
  readonly body: number;
  readonly height: number;
  /** Keys, or a message. On a screen of one line it is the table's too, and there are no keys. */
  readonly foot: number;
}

/** A screen lower than this has no line for what is chosen. */
const low = 12;
/** Lower than this none for totals. */
const lower = 6;
/** Lower than this none for name and time, and lower still none for the names of columns. */
const lowest = 4;
const leastWithTitles = 3;

/** Where things are on a screen of this size. */
export function layoutOf({ rows }: Size): Layout {
  let next = 0;
  const from = (least: number) => (rows >= least ? next++ : -1);
  const head = from(lowest);
  const totals = from(lower);
  const asked = from(low);
  const titles = from(leastWithTitles);
  const height = Math.max(1, rows - next - 1);
  return { head, totals, asked, titles, body: next, height, foot: rows - 1 };
}
