/**
 * The widths of columns, widened within their limits by `spare` characters altogether: always the narrowest that may
 * grow, the first of equals.
 */
export function widened(
  widths: readonly number[],
  limits: readonly number[],
  spare: number,
): number[] {
  const grown = [...widths];
  for (let left = spare; left > 0; left--) {
    let narrowest = -1;
    for (const [at, width] of grown.entries()) {
      const mayGrow = width < (limits[at] as number);
      if (mayGrow && (narrowest < 0 || width < (grown[narrowest] as number))) narrowest = at;
    }
    if (narrowest < 0) break;
    grown[narrowest] = (grown[narrowest] as number) + 1;
  }
  return grown;
}
