/** The lines that ↑ and ↓ go through, as in a shell: those entered earlier, the latest last, and at the end the new one. */
export interface Recall {
  readonly lines: readonly string[];
  /** The index of the one that is being edited. */
  readonly at: number;
}

/** How many lines are remembered. */
const mostRemembered = 100;

/** The entered lines with another one; an empty one, and one that was entered just before, adds none. */
export function remembered(entered: readonly string[], line: string): readonly string[] {
  if (line === '' || line === entered.at(-1)) return entered;
  return [...entered, line].slice(-mostRemembered);
}

/** The beginning of a line: what it has is not recalled once more. */
export function recallFor(entered: readonly string[], line: string): Recall {
  const earlier = line === entered.at(-1) ? entered.slice(0, -1) : entered;
  return { lines: [...earlier, line], at: earlier.length };
}

/** Goes to the line before or behind; what was edited (`edited`) stays where it was. null: there is none. */
export function recalled({ lines, at }: Recall, edited: string, by: 1 | -1): Recall | null {
  const to = at + by;
  return to < 0 || to >= lines.length ? null : { lines: lines.with(at, edited), at: to };
}
