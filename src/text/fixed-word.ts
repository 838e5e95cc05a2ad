/** A word of a fixed set (a state, a check) as it is typed and compared: in lower case, with `-`. */
export function fixedWord(word: string): string {
  return word.toLowerCase().replaceAll('_', '-');
}
