/** A chunk of text that reaches this many characters is written even if its rows are not complete. */
export const chunkText = 256 * 1024;

/** The texts of all items, joined to chunks that are worth a write. */
export function* chunks<T>(all: Iterable<T>, textOf: (one: T) => string): Generator<string> {
  let text = '';
  for (const one of all) {
    text += textOf(one);
    if (text.length > chunkText) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}
