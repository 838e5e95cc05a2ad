import type { CellContext } from '../../attributes/attribute.ts';
import { attributeNamed } from '../../attributes/index.ts';
import type { Names } from '../../model/names.ts';
import { sortKeyOf } from '../../model/query.ts';
import type { Socket } from '../../model/socket.ts';
import { sanitize } from '../../text/sanitize.ts';
import { characterWidth, textWidth } from '../../text/width.ts';
import { wrap } from '../../text/wrap.ts';
import { askedText } from './asked-text.ts';
import { cellStyle, cellText, fittingCell, safe } from './cells.ts';
import { fittingColumns, gap, isSameColumn, shownColumns } from './columns.ts';
import { detailLines, type Explained, type TextLine } from './details.ts';
import { clipped, emptyGrid, type Grid, put, restyle } from './grid.ts';
import { helpLines } from './help.ts';
import { keyMap } from './key-map.ts';
import { type Layout, layoutOf } from './layout.ts';
import { countText, rateText, timeText } from './numbers.ts';
import { type LiveState, type Mode, within } from './state.ts';
import {
  bold,
  color,
  dim,
  plain,
  reverse,
  type Style,
  stateStyle,
  struck,
  underline,
} from './style.ts';

/** What a frame depends on besides the state. */
export interface FrameContext {
  readonly names: Names;
  /** The explanation of a socket's state, as `--explain` gives it. */
  explain(socket: Socket): readonly Explained[];
}

/** The widest cells so far: columns only grow, so that they do not jump. */
export interface Widths {
  readonly of: string;
  readonly needed: readonly number[];
}

/** A screen, and what the next frame needs to know. */
export interface Frame {
  readonly grid: Grid;
  readonly widths: Widths | null;
  /** For static text: the line that is actually at the top. */
  readonly top: number | null;
}

/** The width of the marks' column and the blank after it. */
const markWidth = 2;

const marks = {
  new: { sign: '+', style: color.green | bold, row: bold },
  changed: { sign: '~', style: color.yellow | bold, row: bold },
  closed: { sign: '-', style: color.red, row: dim | struck },
} as const;

/** Draws a state. */
export function frameOf(state: LiveState, context: FrameContext, before: Widths | null): Frame {
  const grid = emptyGrid(state.size);
  const layout = layoutOf(state.size);
  head(grid, layout, state);
  let widths = before;
  let top: number | null = null;
  const { mode } = state;
  if (mode.kind === 'help') {
    top = lines(grid, layout, helpLines(state.size.columns), mode.top, 'Keys');
  } else if (mode.kind === 'details') {
    const { detail } = state;
    const shown =
      detail === null
        ? [{ text: 'reading …', style: dim }]
        : detailLines(
            detail,
            { takenAt: detail.takenAt, names: context.names, previous: null },
            context.explain(detail.socket),
            state.size.columns,
          );
    top = lines(grid, layout, shown, mode.top, 'All details of the socket');
  } else if (mode.kind === 'choose') {
    choices(grid, layout, mode);
  } else if (state.grouping !== null) {
    groups(grid, layout, state);
  } else {
    widths = table(grid, layout, state, context, before);
  }
  foot(grid, layout, state);
  return { grid, widths, top };
}

function head(grid: Grid, layout: Layout, state: LiveState): void {
  const { round, interval, isPaused, size } = state;
  const seconds = `${interval / 1000} s`;
  const parts: (readonly [string, Style])[] = [
    ['tsnetstat', bold],
    [round === null ? '--:--:--' : timeText(round.takenAt), plain],
    isPaused ? ['paused', bold | reverse] : [`every ${seconds}`, plain],
  ];
  const traffic = round?.traffic;
  if (traffic) {
    parts.push(
      [`in ${rateText(traffic.received)}`, plain],
      [`out ${rateText(traffic.sent)}`, plain],
    );
    if (size.columns >= 70) parts.push([`(${traffic.of})`, dim]);
  }
  inARow(grid, layout.head, parts);
  if (layout.totals >= 0 && round !== null) {
    const { count, totals } = round;
    inARow(grid, layout.totals, [
      [`${countText(count)} ${count === 1 ? 'socket' : 'sockets'}`, bold],
      ...totals.map(
        ([state, number]) => [`${safe(state)} ${countText(number)}`, stateStyle(state)] as const,
      ),
    ]);
  }
  if (layout.asked >= 0) {
    const by = state.grouping === null ? '' : `  by ${state.grouping}`;
    put(grid, layout.asked, 0, clipped(askedText(state.asked) + by, grid.columns), dim);
  }
}

/** Writes texts beside each other, as many as fit completely. */
function inARow(grid: Grid, row: number, parts: readonly (readonly [string, Style])[]): void {
  let at = 0;
  for (const [text, style] of parts) {
    if (at + textWidth(text) > grid.columns) break;
    at = put(grid, row, at, text, style) + 2;
  }
}

function table(
  grid: Grid,
  layout: Layout,
  state: LiveState,
  { names }: FrameContext,
  before: Widths | null,
): Widths {
  const { asked, round, size } = state;
  const takenAt = round?.takenAt ?? '';
  const cellContext: CellContext = { takenAt, names, previous: null };
  const rows = round?.rows ?? [];
  const { at, top } = within(state.place, rows.length, layout.height);
  const visible = rows.slice(top, top + layout.height);
  const [sortKey = ''] = asked.query.sort;
  const sort = sortKeyOf(sortKey);
  const keys = shownColumns(asked);
  const titles = keys.map((key) => {
    const header = attributeNamed('sockets', key)?.header ?? key;
    return isSameColumn(key, sort.name) ? `${header}${sort.descending ? '↓' : '↑'}` : header;
  });
  const texts = visible.map(({ socket }) =>
    keys.map((key) => {
      const attribute = attributeNamed('sockets', key);
      return attribute === undefined ? '' : cellText(attribute, socket, cellContext);
    }),
  );
  const of = `${size.columns} ${titles.join(' ')}`;
  const needed = keys.map((key, column) =>
    Math.max(
      before?.of === of
        ? (before.needed[column] ?? 0)
        : (attributeNamed('sockets', key)?.width ?? 0),
      textWidth(titles[column] ?? ''),
      ...texts.map((cells) => textWidth(cells[column] ?? '')),
    ),
  );
  const room = size.columns - markWidth;
  const shown = fittingColumns(keys, needed, room, asked.view.columns !== null, sort.name);
  const places = shown.map(({ attribute }) => keys.indexOf(attribute.key));

  let column = markWidth;
  for (const [index, { attribute, width }] of shown.entries()) {
    const title = clipped(titles[places[index] as number] ?? '', width);
    const shift = attribute.align === 'right' ? width - textWidth(title) : 0;
    put(grid, layout.titles, column + shift, title, bold, column + width);
    column += width + gap;
  }
  restyle(grid, layout.titles, underline);

  for (const [index, { mark }] of visible.entries()) {
    const row = layout.body + index;
    const look = mark === null ? null : marks[mark];
    if (look !== null) put(grid, row, 0, look.sign, look.style);
    let column = markWidth;
    for (const [index2, { attribute, width }] of shown.entries()) {
      const whole = texts[index]?.[places[index2] as number] ?? '';
      const text = fittingCell(attribute, whole, width);
      const shift = attribute.align === 'right' ? Math.max(0, width - textWidth(text)) : 0;
      const style = cellStyle(attribute, whole) | (look?.row ?? plain);
      put(grid, row, column + shift, text, style, column + width);
      column += width + gap;
    }
    if (top + index === at) restyle(grid, row, reverse);
  }
  if (visible.length === 0) nothing(grid, layout, state);
  return { of, needed };
}

function nothing(grid: Grid, layout: Layout, { round, failure, asked }: LiveState): void {
  const hasFilter = asked.query.filters.expression.length > 0;
  const text =
    failure !== null
      ? failure
      : round === null
        ? 'reading …'
        : hasFilter
          ? 'no socket matches: / changes the filter, a shows servers too'
          : 'no socket: a shows servers too';
  for (const [at, line] of wrap(
    sanitize(text),
    Math.max(10, grid.columns - 4),
    'blanks',
  ).entries()) {
    if (at < layout.height)
      put(grid, layout.body + at, 2, line, failure === null ? dim : color.red);
  }
}

function groups(grid: Grid, layout: Layout, state: LiveState): void {
  const { groups: all, groupPlace, grouping } = state;
  const { at, top } = within(groupPlace, all.length, layout.height);
  const visible = all.slice(top, top + layout.height);
  const cells = visible.map(({ count, established, listening, received, sent, name }) => [
    ...[countText(count), countText(established), countText(listening)],
    ...[rateText(received), rateText(sent), name === null ? '-' : safe(name)],
  ]);
  const titles = ['Sockets', 'Open', 'Servers', 'Recv', 'Sent', titleOf(grouping)];
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => textWidth(row[column] ?? ''))),
  );
  // The name and the count always fit; of the others the last ones are dropped first.
  const order = [0, 3, 4, 1, 2];
  const kept = new Set(order);
  const room = grid.columns - markWidth - 12;
  const used = () => [...kept].reduce((sum, column) => sum + (widths[column] ?? 0) + 2, 0);
  while (used() > room && kept.size > 1) kept.delete([...kept].at(-1) as number);

  const line = (row: number, texts: readonly string[], style: Style) => {
    let column = markWidth;
    for (const index of titles.keys()) {
      if (index !== 5 && !kept.has(index)) continue;
      const text = texts[index] ?? '';
      const width = widths[index] ?? 0;
      if (index === 5) put(grid, row, column, clipped(text, grid.columns - column), style);
      else put(grid, row, column + width - textWidth(text), text, text === '-' ? dim : style);
      column += width + 2;
    }
  };
  line(layout.titles, titles, bold);
  restyle(grid, layout.titles, underline);
  for (const [index, texts] of cells.entries()) {
    line(layout.body + index, texts, plain);
    if (top + index === at) restyle(grid, layout.body + index, reverse);
  }
  if (visible.length === 0) nothing(grid, layout, state);
}

function titleOf(grouping: LiveState['grouping']): string {
  const titles = { program: 'Program', workload: 'Workload', host: 'Remote Host' } as const;
  if (grouping === 'port') return "Server's Port";
  return grouping === null || grouping === 'state' ? 'State' : titles[grouping];
}

function choices(
  grid: Grid,
  layout: Layout,
  { what, choices: all, place }: Extract<Mode, { kind: 'choose' }>,
): void {
  const title = what === 'columns' ? 'Columns' : 'Sort by';
  put(grid, layout.titles, 0, title, bold);
  restyle(grid, layout.titles, underline);
  const { at, top } = within(place, all.length, layout.height);
  const keyWidth = Math.max(...all.map(({ key }) => key.length));
  for (const [index, { key, label, meaning, isOn }] of all
    .slice(top, top + layout.height)
    .entries()) {
    const row = layout.body + index;
    const sign = what === 'columns' ? (isOn ? '[x]' : '[ ]') : isOn ? ' * ' : '   ';
    let column = put(grid, row, 0, sign, isOn ? bold : plain) + 1;
    put(grid, row, column, key || label, bold);
    column += Math.max(keyWidth, key === '' ? label.length : 0) + 2;
    put(grid, row, column, clipped(meaning, grid.columns - column), plain);
    if (top + index === at) restyle(grid, row, reverse);
  }
}

/** Draws static text; returns which line is at the top. */
function lines(
  grid: Grid,
  layout: Layout,
  all: readonly TextLine[],
  wanted: number,
  title: string,
): number {
  put(grid, layout.titles, 0, clipped(title, grid.columns), bold);
  restyle(grid, layout.titles, underline);
  const top = Math.max(0, Math.min(wanted, all.length - layout.height));
  for (const [index, { text, style }] of all.slice(top, top + layout.height).entries()) {
    put(grid, layout.body + index, 0, text, style);
  }
  if (all.length > layout.height) {
    const last = Math.min(all.length, top + layout.height);
    const where = ` ${top + 1}-${last} of ${all.length}`;
    const column = grid.columns - where.length;
    if (column > title.length) put(grid, layout.titles, column, where, underline);
  }
  return top;
}

/** The key help in modes other than the table. */
const modeKeys: Readonly<Record<'columns' | 'sort' | 'details' | 'help', string>> = {
  columns: 'Space shows or hides  Enter takes them  Esc cancels',
  sort: 'Enter sorts by it  letters find  Esc leaves it',
  details: 'Esc back  ↑ ↓ scroll  y copy  p pause  q quit',
  help: 'any other key: back',
};

function foot(grid: Grid, layout: Layout, state: LiveState): void {
  const { mode, message, round, failure } = state;
  if (mode.kind === 'filter') {
    filterLines(grid, layout, mode);
    return;
  }
  if (message !== null) {
    footLine(grid, layout, message.text, message.isError ? color.red | bold : bold);
    return;
  }
  // In a table without rows the failure is shown in their place.
  const isBeside = mode.kind === 'table' ? (round?.rows.length ?? 0) > 0 : mode.kind === 'details';
  if (failure !== null && isBeside) {
    footLine(grid, layout, failure, color.yellow | bold);
    return;
  }
  if (layout.foot === layout.body) return;
  if (mode.kind !== 'table') {
    const keys = modeKeys[mode.kind === 'choose' ? mode.what : mode.kind];
    put(grid, layout.foot, 0, clipped(keys, grid.columns), dim);
    return;
  }
  let at = 0;
  for (const { shown, label } of keyLine(grid.columns)) {
    const width = textWidth(`${shown} ${label}`);
    if (at + width > grid.columns) break;
    at = put(grid, layout.foot, at, shown, bold) + 1;
    at = put(grid, layout.foot, at, label ?? '', dim) + 2;
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
function footLine(grid: Grid, { foot }: Layout, text: string, style: Style): void {
  put(grid, foot, 0, ' '.repeat(grid.columns));
  put(grid, foot, 0, clipped(sanitize(text), grid.columns), style);
}

/** The labelled keys; in a narrow terminal the ones that lead to all others come first. */
function keyLine(columns: number) {
  const labelled = keyMap.filter(({ label }) => label !== undefined);
  if (columns >= 80) return labelled;
  const first = labelled.filter(({ action }) => action === 'help' || action === 'quit');
  return [...first, ...labelled.filter((one) => !first.includes(one))];
}

/** The input line, and its mistake below. */
function filterLines(
  grid: Grid,
  layout: Layout,
  { writing, mistake }: Extract<Mode, { kind: 'filter' }>,
): void {
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
      writing.text.trim() === '' ? 'all sockets, or: dport = :443 and program = nginx' : '';
    if (hasRoom) footLine(grid, layout, hint || 'Enter takes it  Esc leaves it', dim);
    return;
  }
  const { at, text } = mistake;
  if (hasRoom) footLine(grid, layout, text, color.red | bold);
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
