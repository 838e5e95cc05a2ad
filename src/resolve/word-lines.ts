/**
 * The lines of a file in the common format of /etc as lists of words: blanks separate words, `#` starts a comment.
 * Lines without words are skipped.
 */
export function* wordLines(text: string): Generator<string[]> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    const comment = line.indexOf('#');
    const words = (comment === -1 ? line : line.slice(0, comment)).match(/[^\s\ufeff]+/g);
    if (words !== null) yield words;
    start = end + 1;
  }
}
