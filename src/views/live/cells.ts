import { type Attribute, type CellContext, shown } from '../../attributes/attribute.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { safeText } from '../../text/safe-text.ts';
import { textWidth } from '../../text/width.ts';
import { clipped } from './grid.ts';
import { color, dim, plain, type Style, stateStyle } from './style.ts';

/** A cell on one line; of several values the first, and the number of others. */
export function cellText(
  attribute: Attribute<Socket>,
  socket: Socket,
  context: CellContext,
): string {
  const cell = shown(attribute, socket, context);
  if (typeof cell === 'string') return safeText(cell);
  const [first = '-'] = cell;
  return cell.length > 1 ? `${safeText(first)} +${cell.length - 1}` : safeText(first);
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
