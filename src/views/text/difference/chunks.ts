import { chunkText } from '../slices.ts';

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
