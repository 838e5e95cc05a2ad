/** A word of a fixed set (a state, a check) as it is typed and compared: in lower case, with `-`. */
export function fixedWord(word: string): string {
  return word.toLowerCase().replaceAll('_', '-');
}

/** The same words as somebody spells them who has begun one: with `_` if there is one. */
export function spelledAs(begun: string, words: readonly string[]): readonly string[] {
  return begun.includes('_') ? words.map((word) => word.replaceAll('-', '_')) : words;
}
