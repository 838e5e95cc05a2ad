import { textWidth } from '../../text/width.ts';
import { wrap } from '../../text/wrap.ts';
import type { TextLine } from './details.ts';
import { keyMap } from './key-map.ts';
import { bold, plain } from './style.ts';

/** What to use where a changing screen does not help. */
export const plainWay =
  'With a screen reader, or to keep the output: tsnetstat -c prints each round, --follow prints changes.';

const notes: readonly string[] = [
  'Rows are marked for some seconds: + is new, ~ has changed its state, - is closed.',
  'In the input line of /, the arrow keys, Home, End, Ctrl-A, Ctrl-E, Ctrl-U, Ctrl-K and Ctrl-W work as in a shell.',
  'There, ↑ and ↓ bring back expressions of this run.',
  'In the lists of s and c, letters move to the next line that begins with them.',
  "A click on a column's title sorts by it, again: in reverse.",
  'The wheel scrolls; to select text with the mouse, hold Shift (Option on a Mac).',
  plainWay,
];

/** The help screen: the keys and further notes. */
export function helpLines(width: number): readonly TextLine[] {
  const keyWidth = Math.max(...keyMap.map(({ shown }) => textWidth(shown)));
  const indent = width < 30 ? '' : '  ';
  const keys = keyMap.flatMap(({ shown, meaning }) => {
    const room = Math.max(2, width - keyWidth - indent.length - 1);
    return wrap(meaning, room, 'blanks').map((line, at) => {
      const before = at === 0 ? shown : '';
      return {
        text: `${indent}${before}${' '.repeat(keyWidth - textWidth(before))} ${line}`,
        style: plain,
      };
    });
  });
  const more = notes.flatMap((note) =>
    wrap(note, Math.max(2, width - 2), 'blanks').map((line) => ({
      text: indent + line,
      style: note === plainWay ? bold : plain,
    })),
  );
  return [...keys, { text: '', style: plain }, ...more];
}
