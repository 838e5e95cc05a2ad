import { proseLines } from '../../text/prose-lines.ts';
import { textWidth } from '../../text/width.ts';
import { wrap } from '../../text/wrap.ts';
import type { Piece } from './piece.ts';

/** The width of a terminal that has not been widened. */
const width = 80;

/** The column at which the description of an item begins. */
const textColumn = 22;

/**
 * A reference text as lines of at most 80 columns, unless a word is longer.
 * @param paintTerm colours what an item describes
 */
export function plainText(pieces: readonly Piece[], paintTerm: (term: string) => string): string {
  const lines: string[] = [];
  for (const piece of pieces) {
    const isFirst = lines.length === 0;
    switch (piece.kind) {
      case 'item':
        lines.push(...itemLines(piece.term, piece.text, paintTerm));
        break;
      case 'verbatim':
        lines.push(...piece.lines.map((line) => `  ${line}`), '');
        break;
      case 'heading':
      case 'subheading':
      case 'paragraph': {
        const gap = isFirst || lines.at(-1) === '' ? [] : [''];
        lines.push(...gap, ...proseLines(piece.text, width), '');
      }
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** The description beside the term, or below one that is too long. */
function itemLines(term: string, text: string, paintTerm: (term: string) => string): string[] {
  const bare = term.replaceAll('`', '');
  const described = proseLines(text, width - textColumn);
  const indent = ' '.repeat(textColumn);
  const room = textColumn - 4 - textWidth(bare);
  if (room < 0) {
    const terms = wrap(bare, width - 2, 'blanks').map((line) => `  ${paintTerm(line)}`);
    return [...terms, ...described.map((line) => indent + line)];
  }
  const [first = '', ...more] = described;
  const start = `  ${paintTerm(bare)}${' '.repeat(room + 2)}${first}`;
  return [start, ...more.map((line) => indent + line)];
}
