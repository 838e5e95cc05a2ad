import type { Size } from './grid.ts';

/** The row of the screen where each part begins, counted from 0. -1: no room. */
export interface Layout {
  /** Name, time, interval, rates. */
  readonly head: number;
  /** The socket counts by state. */
  readonly totals: number;
  /** The listing in words. */
  readonly asked: number;
  /** The column headers. */
  readonly titles: number;
  /** The first row of the table, and its height: at least one row. */
  readonly body: number;
  readonly height: number;
  /** Keys, or a message. A one-line screen shares it with the table, without keys. */
  readonly foot: number;
}

/** Where a column's title is on the screen. */
export interface ShownTitle {
  readonly key: string;
  readonly x: number;
  readonly width: number;
}

/** The least number of rows for the line with the listing. */
const low = 12;
/** The least for totals. */
const lower = 6;
/** The least for the head line, and for column headers. */
const lowest = 4;
const leastWithTitles = 3;

/** The layout of a screen of this size. */
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
