import { countText } from '../../../text/counted.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { characterWidth, textWidth } from '../../../text/width.ts';
import { clipped, type Grid, put, restyle } from '../grid.ts';
import { keyMap } from '../key-map.ts';
import type { Layout } from '../layout.ts';
import { wayBack } from '../opened-groups.ts';
import { type FilterMode, type LiveState, within } from '../state.ts';
import { bold, color, dim, reverse, type Style, underline } from '../style.ts';

/** The key help in modes other than the table. */
const modeKeys: Readonly<Record<'columns' | 'sort' | 'details' | 'help', string>> = {
  columns: 'Space shows or hides  Enter takes them  Esc cancels',
  sort: 'Enter sorts by it  letters find  Esc leaves it',
  details: 'Esc back  ↑ ↓ scroll  ? help  q quit  y copy  p pause',
  help: 'any other key: back',
};

/** Draws the lines at the bottom: a message, the filter being typed, or the keys. */
export function drawFoot(grid: Grid, layout: Layout, state: LiveState): void {
  const { mode, message, round, failure, warning } = state;
  if (mode.kind === 'filter') {
    drawFilter(grid, layout, mode);
    return;
  }
  if (message !== null) {
    drawFootLine(grid, layout, message.text, message.isError ? color.red | bold : bold);
    return;
  }
  // In a table without rows the failure is shown in their place.
  const isBeside = mode.kind === 'table' ? (round?.rows.length ?? 0) > 0 : mode.kind === 'details';
  if (failure !== null && isBeside) {
    drawFootLine(grid, layout, failure, color.yellow | bold);
    return;
  }
  if (layout.foot === layout.body) return;
  if (mode.kind !== 'table') {
    const keys = modeKeys[mode.kind === 'choose' ? mode.what : mode.kind];
    put(grid, layout.foot, 0, clipped(keys, grid.columns), dim);
    return;
  }
  if (warning !== null) {
    drawWarning(grid, layout, warning.text);
    return;
  }
  let at = 0;
  for (const { shown, label } of footKeys(grid.columns, state)) {
    const width = textWidth(`${shown} ${label}`);
    if (at + width > grid.columns) break;
    at = put(grid, layout.foot, at, shown, bold) + 1;
    at = put(grid, layout.foot, at, label, dim) + 2;
  }
  const { rows = [] } = round ?? {};
  const height = layout.height;
  const { at: chosen } = within(state.place, rows.length, height);
  if (state.grouping !== null || rows.length <= height) return;
  const where = `${countText(chosen + 1)}/${countText(rows.length)}`;
  const column = grid.columns - where.length;
  if (column > at) put(grid, layout.foot, column, where, dim);
}

/** A line in place of the keys; on a one-line screen also in place of the row. */
function drawFootLine(grid: Grid, { foot }: Layout, text: string, style: Style): void {
  put(grid, foot, 0, ' '.repeat(grid.columns));
  put(grid, foot, 0, clipped(sanitize(text), grid.columns), style);
}

/** A warning may stay for long: the key that shows the others is named beside it. */
function drawWarning(grid: Grid, { foot }: Layout, text: string): void {
  const help = '? help';
  const room = grid.columns - help.length - 2;
  const isWide = room >= leastWarning;
  put(grid, foot, 0, clipped(sanitize(text), isWide ? room : grid.columns), color.yellow | bold);
  if (isWide) put(grid, foot, grid.columns - help.length, help, dim);
}

/** The least number of columns of a warning beside a key. */
const leastWarning = 40;

/** A key of the last line. */
interface FootKey {
  readonly shown: string;
  readonly label: string;
}

/** The labelled keys; where there is no room for all of them, the ones that lead to all others come first. */
function footKeys(columns: number, state: LiveState): readonly FootKey[] {
  const labelled = keyMap.flatMap(({ action, shown, label }) =>
    label === undefined ? [] : [{ action, shown, label }],
  );
  const isOfGroup = state.grouping === null && wayBack(state) !== null;
  const back = isOfGroup ? [{ shown: 'Esc', label: 'groups' }] : [];
  const all = [...back, ...labelled];
  if (keysWidth(all) <= columns) return all;
  const isFirst = ({ action }: (typeof labelled)[number]) => action === 'help' || action === 'quit';
  return [...labelled.filter(isFirst), ...back, ...labelled.filter((one) => !isFirst(one))];
}

/** The width of keys beside each other. */
function keysWidth(keys: readonly FootKey[]): number {
  return textWidth(keys.map(({ shown, label }) => `${shown} ${label}`).join('  '));
}

/** The input line, and its mistake below. */
function drawFilter(grid: Grid, layout: Layout, { writing, mistake, recall }: FilterMode): void {
  const row = Math.max(0, layout.foot - 1);
  for (const line of [row, layout.foot]) put(grid, line, 0, ' '.repeat(grid.columns));
  put(grid, row, 0, '/', bold);
  const room = grid.columns - 2;
  const before = safeLine(writing.text.slice(0, writing.at));
  const all = safeLine(writing.text);
  // If the line is too long, its end or the place being edited is shown.
  const [seen, skip] = withoutFront(all, textWidth(before) - room + 1);
  put(grid, row, 1, seen);
  const cursor = 1 + textWidth(before) - skip;
  restyle(grid, row, reverse, cursor, cursor + 1);
  const hasRoom = row < layout.foot;
  if (mistake === null) {
    const hint =
      writing.text.trim() === '' ? 'no expression, or: dport = :443 and program = nginx' : '';
    const keys = `Enter takes it  Esc leaves it${recall.lines.length > 1 ? '  ↑ ↓ earlier ones' : ''}`;
    if (hasRoom) drawFootLine(grid, layout, hint || keys, dim);
    return;
  }
  const { at, text } = mistake;
  if (hasRoom) drawFootLine(grid, layout, text, color.red | bold);
  if (at === null) return;
  const place = 1 + textWidth(safeLine(writing.text.slice(0, at))) - skip;
  if (place >= 1 && place < grid.columns)
    restyle(grid, row, underline | color.red | bold, place, place + 1);
}

/** A safe text without its first `columns`, or one more if a wide character starts there, and the width removed. */
function withoutFront(text: string, columns: number): readonly [rest: string, width: number] {
  let width = 0;
  let length = 0;
  for (const character of text) {
    if (width >= columns) break;
    width += characterWidth(character);
    length += character.length;
  }
  return [text.slice(length), width];
}

/** What is typed; control characters were already replaced one for one. */
function safeLine(text: string): string {
  return sanitize(text);
}
