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
  /** The first row of the table, and how many it has. */
  readonly body: number;
  readonly height: number;
  /** Keys, or a message. */
  readonly foot: number;
}

/** A screen lower than this has no line for what is chosen. */
const low = 12;
/** And lower than this none for totals. */
const lowest = 6;

/** Where things are on a screen of this size. */
export function layoutOf({ rows }: Size): Layout {
  const hasTotals = rows >= lowest;
  const hasAsked = rows >= low;
  const titles = 1 + Number(hasTotals) + Number(hasAsked);
  return {
    head: 0,
    totals: hasTotals ? 1 : -1,
    asked: hasAsked ? 2 : -1,
    titles,
    body: titles + 1,
    height: Math.max(1, rows - titles - 2),
    foot: rows - 1,
  };
}
