/** What one column of a box would like, in characters of content. */
export interface WidthWish {
  readonly header: number;
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

type Bounds = readonly { readonly low: number; readonly high: number }[];

/** Narrowest useful width of long text, and of anything: a wide character takes two columns. */
const narrowLong = 12;
const narrow = 2;

/**
 * Ways to lay columns out, from comfort to need. The first whose least widths fit is taken; what
 * room is left widens its narrowest columns first.
 */
const steps: readonly {
  readonly padding: 0 | 1;
  bounds(wish: WidthWish): { low: number; high: number };
}[] = [
  // Everything on one line, with room for what may come.
  { padding: 1, bounds: (wish) => ({ low: need(wish), high: Math.max(need(wish), wish.reserve) }) },
  // Long text wraps.
  { padding: 1, bounds: (wish) => between(wish.long ? narrowLong : need(wish), wish) },
  // Headers wrap too.
  { padding: 1, bounds: (wish) => between(wish.long ? narrowLong : wish.cells, wish) },
  { padding: 0, bounds: (wish) => between(wish.long ? narrowLong / 2 : wish.cells, wish) },
  // Everything wraps.
  { padding: 0, bounds: (wish) => between(narrow, wish) },
];

function need({ header, cells }: WidthWish): number {
  return Math.max(header, cells, narrow);
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
    const spare =
      room -
      boxWidth(
        all.map(({ low }) => low),
        padding,
      );
    if (spare >= 0) return { widths: grow(all, spare), padding };
    tightest = { widths: all.map(({ low }) => low), padding };
  }
  return tightest;
}

/** The width of a box with these contents, in characters. */
export function boxWidth(widths: readonly number[], padding: number): number {
  return widths.reduce((sum, width) => sum + width + 2 * padding + 1, 1);
}

function grow(bounds: Bounds, spare: number): number[] {
  const widths = bounds.map(({ low }) => low);
  for (let left = spare; left > 0; left--) {
    let narrowest = -1;
    bounds.forEach(({ high }, i) => {
      const width = widths[i] as number;
      if (width < high && (narrowest < 0 || width < (widths[narrowest] as number))) narrowest = i;
    });
    if (narrowest < 0) break;
    widths[narrowest] = (widths[narrowest] as number) + 1;
  }
  return widths;
}
