import { leftOut } from '../../text/left-out.ts';
import { widened } from '../../text/widened.ts';

/** The widths that one column of a box needs, without padding. */
export interface WidthWish {
  readonly header: number;
  /** The header's longest word. */
  readonly headerWord: number;
  /** The widest cell seen. */
  readonly cells: number;
  /** Reserved for later cells; 0 once all are seen. */
  readonly reserve: number;
  /** Whether its text may be broken into lines. */
  readonly long: boolean;
}

/** The widths of the columns' content, and the blanks on either side. */
export interface BoxWidths {
  readonly widths: readonly number[];
  readonly padding: 0 | 1;
}

/** The least useful width of long text, and of any text: a wide character takes two columns. */
const narrowLong = 12;
const narrow = 2;
/** Long text gets this much before headers do: a header wraps once, the text in every row. */
const readable = 16;

/**
 * Layouts from wide to narrow. The first whose minimum widths fit is used; remaining room widens long text up to
 * `readable`, then all columns, always the narrowest first.
 */
const steps: readonly {
  readonly padding: 0 | 1;
  bounds(wish: WidthWish): { low: number; high: number };
}[] = [
  // Everything on one line, with room for later cells.
  { padding: 1, bounds: (wish) => ({ low: need(wish), high: Math.max(need(wish), wish.reserve) }) },
  // Long text wraps.
  { padding: 1, bounds: (wish) => between(longOr(need, wish), wish) },
  // Headers wrap too, between their words.
  { padding: 1, bounds: (wish) => between(longOr(underHeader, wish), wish) },
  // From here on words and numbers may break.
  { padding: 0, bounds: (wish) => between(wish.long ? narrowLong / 2 : broken(wish), wish) },
  // Everything wraps.
  { padding: 0, bounds: (wish) => between(narrow, wish) },
];

/** In this many steps only long text is broken inside words. */
const wholeSteps = 3;

function longOr(other: (wish: WidthWish) => number, wish: WidthWish): number {
  return wish.long ? Math.max(narrowLong, wish.headerWord) : other(wish);
}

/** A header may break anywhere, but not into single letters. */
function broken({ header, cells }: WidthWish): number {
  return Math.max(cells, Math.min(header, 3));
}

/**
 * The columns to show so that no word or number has to break: all if there is room, else without the first of
 * `firstToGo` (indexes in `wishes`), then the next. If nothing helps: all those that may not be left out.
 */
export function columnsOfBox(
  wishes: readonly WidthWish[],
  room: number,
  firstToGo: readonly number[],
): readonly number[] {
  const without = (gone: ReadonlySet<number>) => [...wishes.keys()].filter((at) => !gone.has(at));
  const fits = (gone: ReadonlySet<number>) => {
    const some = without(gone).map((at) => wishes[at] as WidthWish);
    return steps.slice(0, wholeSteps).some(({ padding, bounds }) => {
      return (
        boxWidth(
          some.map((wish) => bounds(wish).low),
          padding,
        ) <= room
      );
    });
  };
  return without(leftOut(firstToGo, fits));
}

function need({ header, cells }: WidthWish): number {
  return Math.max(header, cells, narrow);
}

/** The width where a header breaks between words. */
function underHeader({ headerWord, cells }: WidthWish): number {
  return Math.max(cells, headerWord);
}

function between(low: number, wish: WidthWish): { low: number; high: number } {
  const high = need(wish);
  return { low: Math.max(narrow, Math.min(low, high)), high };
}

/** Distributes `room` (the width of the whole box, with borders and padding) among columns. */
export function boxWidths(wishes: readonly WidthWish[], room: number): BoxWidths {
  let tightest: BoxWidths = { widths: [], padding: 0 };
  for (const { padding, bounds } of steps) {
    const all = wishes.map(bounds);
    const low = all.map((bound) => bound.low);
    if (boxWidth(low, padding) > room) {
      tightest = { widths: low, padding };
      continue;
    }
    const first = all.map(({ high }, i) => (wishes[i]?.long ? Math.min(high, readable) : 0));
    const last = all.map(({ high }) => high);
    const grow = (widths: readonly number[], limits: readonly number[]) =>
      widened(widths, limits, room - boxWidth(widths, padding));
    return { widths: grow(grow(low, first), last), padding };
  }
  return tightest;
}

/** The width of a box with these content widths, in characters. */
export function boxWidth(widths: readonly number[], padding: number): number {
  return widths.reduce((sum, width) => sum + width + 2 * padding + 1, 1);
}
