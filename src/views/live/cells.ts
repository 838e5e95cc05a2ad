import { type Attribute, type CellContext, shown } from '../../attributes/attribute.ts';
import type { Socket } from '../../model/socket.ts';
import { sanitize } from '../../text/sanitize.ts';
import { textWidth } from '../../text/width.ts';
import { clipped } from './grid.ts';
import { color, dim, plain, type Style, stateStyle } from './style.ts';

/** How many characters of a text that others wrote a table shows. */
const longestText = 512;

/** Makes others' text safe for a terminal, and short enough for a table. */
export function safe(text: string): string {
  return sanitize(text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`);
}

/** A cell on one line; of several values the first, and the number of others. */
export function cellText(
  attribute: Attribute<Socket>,
  socket: Socket,
  context: CellContext,
): string {
  const cell = shown(attribute, socket, context);
  if (typeof cell === 'string') return safe(cell);
  const [first = '-'] = cell;
  return cell.length > 1 ? `${safe(first)} +${cell.length - 1}` : safe(first);
}

/** A cell in `width` columns. An address keeps its port and a path its end. */
export function fittingCell(attribute: Attribute<Socket>, text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const { filter } = attribute;
  if (filter?.kind !== 'host') return clipped(text, width);
  const port = filter.withPort ? (/:[^:/]*$/.exec(text)?.[0] ?? '') : '';
  if (text.startsWith('/') || text.startsWith('@')) return clippedFront(text, width);
  const room = width - textWidth(port);
  return room < 2
    ? clipped(text, width)
    : clipped(text.slice(0, text.length - port.length), room) + port;
}

function clippedFront(text: string, width: number): string {
  const characters = [...text];
  let used = 1;
  let from = characters.length;
  while (from > 0) {
    used += textWidth(characters[from - 1] as string);
    if (used > width) break;
    from--;
  }
  return `…${characters.slice(from).join('')}`;
}

/** The style of a cell. */
export function cellStyle({ tone }: Attribute<Socket>, text: string): Style {
  if (text === '-' || text === '0') return dim;
  if (tone === 'state') return stateStyle(text);
  if (tone === 'quiet') return dim;
  return tone === 'strong' ? color.cyan : plain;
}
