/** What one column of a box asks for, in columns of content. */
export interface WidthWish {
  readonly header: number;
  /** The header's longest word. */
  readonly headerWord: number;
  /** The widest cell seen. */
  readonly cells: number;
  /** For cells still to come; 0 once all are seen. */
  readonly reserve: number;
  /** Its text may be broken into lines. */
  readonly long: boolean;
}

/** Content widths, and the blanks on either side of the content. */
export interface BoxWidths {
  readonly widths: readonly number[];
  readonly padding: 0 | 1;
}

/** Narrowest useful width of long text, and of anything: a wide character takes two columns. */
const narrowLong = 12;
const narrow = 2;
/** Long text gets this much before headers get room: they break once, it breaks in every row. */
const readable = 16;

/**
 * Ways to lay columns out, from wide to narrow. The first whose least widths fit is taken; what
 * room is left widens long text up to `readable`, then all, always the narrowest first.
 */
const steps: readonly {
  readonly padding: 0 | 1;
  bounds(wish: WidthWish): { low: number; high: number };
}[] = [
  // Everything on one line, with room for what may come.
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

/** So many of the steps break no word but those of long text. */
const wholeSteps = 3;

function longOr(other: (wish: WidthWish) => number, wish: WidthWish): number {
  return wish.long ? Math.max(narrowLong, wish.headerWord) : other(wish);
}

/** A header may break anywhere, but not to single letters. */
function broken({ header, cells }: WidthWish): number {
  return Math.max(cells, Math.min(header, 3));
}

/**
 * Which columns to show so that no word or number of theirs has to break: all of them where the room is
 * enough, else without the first of `firstToGo` (places in `wishes`), and the next. Where nothing helps,
 * all that need not go.
 */
export function fittingColumns(
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
  const gone = new Set<number>();
  for (const next of firstToGo) {
    if (fits(gone)) break;
    gone.add(next);
  }
  // What went first may be narrow enough for what the last one left.
  for (const back of [...gone].reverse()) {
    gone.delete(back);
    if (!fits(gone)) gone.add(back);
  }
  return without(gone);
}

function need({ header, cells }: WidthWish): number {
  return Math.max(header, cells, narrow);
}

/** A header may break between its words. */
function underHeader({ headerWord, cells }: WidthWish): number {
  return Math.max(cells, headerWord);
}

function between(low: number, wish: WidthWish): { low: number; high: number } {
  const high = need(wish);
  return { low: Math.max(narrow, Math.min(low, high)), high };
}

/** Shares `room` (the width of the whole box, borders and padding included) among columns. */
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
    return { widths: grow(grow(low, first, room, padding), last, room, padding), padding };
  }
  return tightest;
}

/** The width of a box with these contents, in characters. */
export function boxWidth(widths: readonly number[], padding: number): number {
  return widths.reduce((sum, width) => sum + width + 2 * padding + 1, 1);
}

/** Widens the narrowest of `widths`, none beyond its limit, until the box fills the room. */
function grow(
  widths: readonly number[],
  limits: readonly number[],
  room: number,
  padding: number,
): number[] {
  const grown = [...widths];
  for (let spare = room - boxWidth(widths, padding); spare > 0; spare--) {
    let narrowest = -1;
    for (const [i, width] of grown.entries()) {
      const mayGrow = width < (limits[i] as number);
      if (mayGrow && (narrowest < 0 || width < (grown[narrowest] as number))) narrowest = i;
    }
    if (narrowest < 0) break;
    grown[narrowest] = (grown[narrowest] as number) + 1;
  }
  return grown;
}
