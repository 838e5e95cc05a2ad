import type { Protocol } from '../../model/protocol.ts';
import { allProtocols, inetProtocols } from '../../model/protocol.ts';
import type { Fact } from '../../model/report/facts.ts';
import type { Query } from '../../model/request/query.ts';
import { type GroupSort, sortedGroups } from '../../model/socket/group-order.ts';
import { type Grouping, groupings } from '../../model/socket/grouping.ts';
import { rowCommand } from './asked-text.ts';
import { columnChoices, columnsChosen, sortBy, sortChoices } from './choices.ts';
import { isSameColumn, sortColumn } from './columns.ts';
import { type Check, filterLine, inFilterLine, withExpression } from './filter-line.ts';
import type { Size } from './grid.ts';
import { groupSortBy, groupSortChoices } from './group-columns.ts';
import type { Press } from './input.ts';
import { type Action, actionOf } from './key-map.ts';
import { layoutOf, type ShownTitle } from './layout.ts';
import { wayBack, withGroupsBehind, withOpened } from './opened-groups.ts';
import { askedFor, placedAt, selectedRow } from './selection.ts';
import { type Cursor, type LiveState, type Mode, start, within } from './state.ts';

/** A side effect of a key. */
export type Effect =
  | { readonly kind: 'quit' | 'interrupt' | 'suspend' | 'redraw' | 'save' }
  | { readonly kind: 'copy'; readonly text: string };

/** What the keys depend on besides the state. */
export interface KeyContext {
  /** The facts that the source provides about sockets. */
  readonly facts: readonly Fact[];
  readonly check: Check;
  /** Where the titles are on the screen. */
  readonly titles: readonly ShownTitle[];
}

/** The state after a press. */
export interface Step {
  readonly state: LiveState;
  readonly effect?: Effect;
}

/** Handles a press. */
export function pressed(before: LiveState, press: Press, context: KeyContext): Step {
  if (press.kind === 'escaped') {
    // In a line being typed it is a shell's key with Alt, such as for words, which must not discard the line.
    if (before.mode.kind === 'filter') return { state: before };
    const { state } = pressed(before, { kind: 'key', name: 'escape' }, context);
    return pressed(state, press.key, context);
  }
  if (press.kind === 'key' && press.name === 'ctrl-c') return step(before, { kind: 'interrupt' });
  if (press.kind === 'key' && press.name === 'ctrl-z') return step(before, { kind: 'suspend' });
  if (press.kind === 'key' && press.name === 'ctrl-l') return step(before, { kind: 'redraw' });
  const state = press.kind === 'wheel' ? before : withoutMessage(before);
  switch (state.mode.kind) {
    case 'table':
      return inTable(state, press, context);
    case 'filter':
      return { state: inFilterLine(state, state.mode, press, context.check) };
    case 'choose':
      return { state: inChoices(state, state.mode, press) };
    case 'details':
      return inDetails(state, state.mode, press);
    case 'help':
      return { state: inHelp(state, state.mode, press) };
  }
}

/** The state after what a key takes away; the warning behind a message stays for the next one. */
function withoutMessage(state: LiveState): LiveState {
  const { message, warning } = state;
  if (message !== null) return { ...state, message: null };
  return warning === null || warning.isLasting ? state : { ...state, warning: null };
}

function step(state: LiveState, effect: Effect): Step {
  return { state, effect };
}

/** The name of a press in the key table. */
function keyOf(press: Press): string | null {
  if (press.kind === 'key') return press.name;
  return press.kind === 'text' ? press.text : null;
}

/** How many rows a turn of the wheel moves. */
const wheelRows = 3;

/** The place after a movement key; null: it is none. */
function moved(place: Cursor, press: Press, length: number, height: number): Cursor | null {
  const to = (at: number) => within({ ...place, at }, length, height);
  if (press.kind === 'wheel') return to(place.at + press.by * wheelRows);
  const key = keyOf(press);
  switch (key === null ? undefined : actionOf(key)) {
    case 'up':
      return to(place.at - 1);
    case 'down':
      return to(place.at + 1);
    case 'page-up':
      return within({ at: place.at - height, top: place.top - height }, length, height);
    case 'page-down':
      return within({ at: place.at + height, top: place.top + height }, length, height);
    case 'first':
      return to(0);
    case 'last':
      return to(length - 1);
    default:
      return null;
  }
}

/** Remembers the selected row, so that it is found again in the next round. */
function placed(state: LiveState, place: Cursor): LiveState {
  if (state.grouping !== null) return { ...state, groupPlace: place };
  return placedAt(state, place);
}

/** The index of the row that was clicked, of a list of this length; null: there is none. */
function clickedRow(
  { row }: Extract<Press, { kind: 'click' }>,
  place: Cursor,
  size: Size,
  length: number,
): number | null {
  const { body, height } = layoutOf(size);
  const at = within(place, length, height).top + row - body;
  return row >= body && row < body + height && at < length ? at : null;
}

function inTable(state: LiveState, press: Press, context: KeyContext): Step {
  const { height, titles } = layoutOf(state.size);
  const isGrouped = state.grouping !== null;
  const length = isGrouped ? state.groups.length : (state.round?.rows.length ?? 0);
  const place = isGrouped ? state.groupPlace : state.place;
  if (press.kind === 'click') {
    if (press.row === titles) return { state: sortedByTitle(state, press.column, context) };
    const at = clickedRow(press, place, state.size, length);
    return { state: at === null ? state : placed(state, within({ ...place, at }, length, height)) };
  }
  const movedTo = moved(place, press, length, height);
  if (movedTo !== null) return { state: placed(state, movedTo) };
  const key = keyOf(press);
  const action = key === null ? undefined : actionOf(key);
  return action === undefined ? { state } : acted(state, action, context);
}

function acted(state: LiveState, action: Action, { facts }: KeyContext): Step {
  const { asked } = state;
  const { query, view } = asked;
  switch (action) {
    case 'quit':
    case 'save':
      return step(state, { kind: action });
    case 'details':
      return { state: opened(state) };
    case 'back':
      return { state: wentBack(state) };
    case 'filter':
      return { state: inMode(state, filterLine(state)) };
    case 'unfilter':
      return {
        state:
          query.filters.expression.length === 0
            ? said(state, 'no expression to remove')
            : said(withExpression(state, ''), 'expression removed: / and ↑ bring it back'),
      };
    case 'sort':
      return { state: choosing(state, 'sort', orders(state, facts)) };
    case 'columns':
      return { state: choosing(state, 'columns', columnChoices(asked, facts)) };
    case 'reverse':
      return { state: reversed(state) };
    case 'tcp':
    case 'udp':
    case 'raw':
    case 'unix':
      return { state: askedFor(state, toggled(query, action)) };
    case 'listening':
    case 'all':
      return { state: askedFor(state, { which: query.which === action ? 'connected' : action }) };
    case 'names': {
      const isNumeric = !view.numeric.hosts;
      const numeric = { hosts: isNumeric, ports: isNumeric, users: isNumeric };
      return { state: { ...state, asked: { ...asked, view: { ...view, numeric } } } };
    }
    case 'group': {
      const next = state.grouping === null ? 0 : groupings.indexOf(state.grouping) + 1;
      return {
        state: { ...state, grouping: groupings[next] ?? null, groupPlace: start, groups: [] },
      };
    }
    case 'pause':
      return { state: { ...state, isPaused: !state.isPaused } };
    case 'faster':
    case 'slower':
      return { state: { ...state, interval: nextInterval(state.interval, action) } };
    case 'copy':
      return copied(state);
    case 'help':
      return { state: inMode(state, { kind: 'help', top: 0 }) };
    default:
      return { state };
  }
}

/** One step back: from groups to the sockets, from those of a group to the groups, else to the top. */
function wentBack(state: LiveState): LiveState {
  if (state.grouping !== null) return { ...state, grouping: null };
  const behind = wayBack(state);
  return behind === null ? placed(state, start) : withGroupsBehind(state, behind);
}

function inMode(state: LiveState, mode: Mode): LiveState {
  return { ...state, mode };
}

function said(state: LiveState, text: string): LiveState {
  return { ...state, message: { text, isError: false } };
}

/** What the rows shown can be sorted by: sockets, or groups. */
function orders({ asked, grouping, groupSort }: LiveState, facts: readonly Fact[]) {
  return grouping === null ? sortChoices(asked, facts) : groupSortChoices(grouping, groupSort);
}

/** The rows shown in the order of a choice. */
function ordered(state: LiveState, key: string): LiveState {
  const { grouping } = state;
  if (grouping === null) return askedFor(state, { sort: sortBy(key) });
  return inGroupOrder(state, grouping, groupSortBy(grouping, key) ?? state.groupSort);
}

/** The rows shown in the order of the title in this column of the screen; the other way round if they are already. */
function sortedByTitle(state: LiveState, column: number, { titles, facts }: KeyContext): LiveState {
  const title = titles.find(({ x, width }) => column >= x && column < x + width);
  const order = orders(state, facts).find(({ key }) => key === title?.key);
  if (order === undefined) return state;
  return isOrderedBy(state, order.key) ? reversed(state) : ordered(state, order.key);
}

/** Whether the arrow is at this column. */
function isOrderedBy({ asked, grouping, groupSort }: LiveState, key: string): boolean {
  return grouping === null ? isSameColumn(key, sortColumn(asked)) : key === groupSort.key;
}

function reversed(state: LiveState): LiveState {
  const { grouping, groupSort, asked } = state;
  if (grouping !== null) {
    return inGroupOrder(state, grouping, { ...groupSort, descending: !groupSort.descending });
  }
  const [first, ...others] = asked.query.sort;
  if (first === undefined) return said(state, 'not sorted: s selects a sort key');
  const turned = first.startsWith('-') ? first.slice(1) : `-${first}`;
  return askedFor(state, { sort: [turned, ...others] });
}

/** Groups in another order are shown from the top. */
function inGroupOrder(state: LiveState, grouping: Grouping, groupSort: GroupSort): LiveState {
  const groups = sortedGroups(state.groups, grouping, groupSort);
  return { ...state, groupSort, groups, groupPlace: start };
}

/**
 * Like the flags: the first protocol chosen is shown alone, further ones are added; if none is left, all are shown.
 * UNIX sockets have no IP version, which -4 and -6 ask for.
 */
function toggled(
  { protocols, protocolsNamed, families }: Query,
  protocol: Protocol,
): Pick<Query, 'protocols' | 'protocolsNamed'> {
  const named = new Set(protocolsNamed ? protocols : []);
  if (!named.delete(protocol)) named.add(protocol);
  return named.size === 0
    ? { protocols: families.length > 1 ? allProtocols : inetProtocols, protocolsNamed: false }
    : { protocols: allProtocols.filter((one) => named.has(one)), protocolsNamed: true };
}

/** The intervals that + and - step through, in milliseconds. */
const intervals = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000] as const;

function nextInterval(now: number, way: 'faster' | 'slower'): number {
  const next =
    way === 'slower' ? intervals.find((one) => one > now) : intervals.findLast((one) => one < now);
  return next ?? now;
}

function opened(state: LiveState): LiveState {
  if (state.grouping !== null) {
    const group = state.groups[state.groupPlace.at];
    if (group === undefined) return state;
    if (group.condition === null) {
      return said(state, 'no expression selects these');
    }
    return withOpened(state, group.condition);
  }
  const of = selectedRow(state);
  return of === undefined
    ? state
    : { ...state, mode: { kind: 'details', of, top: 0 }, detail: null, chosen: of };
}

function copied(state: LiveState): Step {
  const socket =
    state.mode.kind === 'details'
      ? (state.detail?.socket ?? state.mode.of.socket)
      : selectedRow(state)?.socket;
  if (socket === undefined || (state.grouping !== null && state.mode.kind === 'table')) {
    return { state: said(state, 'no socket is selected') };
  }
  const text = rowCommand(socket, state.asked);
  if (text === null) return { state: said(state, 'no expression identifies this socket') };
  return { state: said(state, `copied: ${text}`), effect: { kind: 'copy', text } };
}

function choosing(
  state: LiveState,
  what: 'columns' | 'sort',
  choices: Extract<Mode, { kind: 'choose' }>['choices'],
): LiveState {
  const at = what === 'sort' ? choices.findIndex(({ isOn }) => isOn) : 0;
  const { height } = layoutOf(state.size);
  const place = within({ at: Math.max(0, at), top: 0 }, choices.length, height);
  return inMode(state, { kind: 'choose', what, choices, place });
}

function inChoices(
  state: LiveState,
  mode: Extract<Mode, { kind: 'choose' }>,
  press: Press,
): LiveState {
  const { choices, place, what } = mode;
  const { height } = layoutOf(state.size);
  const key = keyOf(press);
  const at =
    press.kind === 'click' ? clickedRow(press, place, state.size, choices.length) : place.at;
  if (at === null) return state;
  const isToggled = key === ' ' || press.kind === 'click';
  if (what === 'columns' && isToggled && choices[at] !== undefined) {
    const turned = choices.map((one, index) => (index === at ? { ...one, isOn: !one.isOn } : one));
    return inMode(state, {
      ...mode,
      choices: turned,
      place: within({ ...place, at }, choices.length, height),
    });
  }
  if (key === 'escape' || key === 'left') return inMode(state, { kind: 'table' });
  if (key === 'enter' || press.kind === 'click') {
    const { asked } = state;
    if (what === 'sort') {
      const chosen = choices[at];
      if (chosen === undefined) return state;
      return inMode(ordered(state, chosen.key), { kind: 'table' });
    }
    const columns = columnsChosen(asked, choices);
    const view = { ...asked.view, columns };
    return inMode({ ...state, asked: { ...asked, view } }, { kind: 'table' });
  }
  // A letter moves to the next choice that begins with it.
  if (press.kind === 'text' && /\w/.test(press.text)) {
    const begins = ({ label, title = '' }: (typeof choices)[number]) =>
      [label, title].some((text) => text.toLowerCase().startsWith(press.text.toLowerCase()));
    const order = [...choices.keys()].map((index) => (place.at + 1 + index) % choices.length);
    const found = order.find((index) => begins(choices[index] as (typeof choices)[number]));
    const next = found ?? place.at;
    return inMode(state, {
      ...mode,
      place: within({ ...place, at: next }, choices.length, height),
    });
  }
  const movedTo = moved(place, press, choices.length, height);
  return movedTo === null ? state : inMode(state, { ...mode, place: movedTo });
}

/** Static text scrolls: no line of it is selected. */
function scrolled(top: number, press: Press, height: number): number | null {
  if (press.kind === 'wheel') return Math.max(0, top + press.by * wheelRows);
  const key = keyOf(press);
  switch (key === null ? undefined : actionOf(key)) {
    case 'up':
      return Math.max(0, top - 1);
    case 'down':
      return top + 1;
    case 'page-up':
      return Math.max(0, top - height);
    case 'page-down':
      return top + height;
    case 'first':
      return 0;
    case 'last':
      return Number.MAX_SAFE_INTEGER;
    default:
      return null;
  }
}

function inDetails(state: LiveState, mode: Extract<Mode, { kind: 'details' }>, press: Press): Step {
  const key = keyOf(press);
  const action = key === null ? undefined : actionOf(key);
  if (action === 'copy') return copied(state);
  if (action === 'quit') return step(state, { kind: 'quit' });
  if (action === 'back' || action === 'details') {
    return { state: { ...inMode(state, { kind: 'table' }), detail: null } };
  }
  if (action === 'pause') return { state: { ...state, isPaused: !state.isPaused } };
  if (action === 'help') {
    return { state: inMode(state, { kind: 'help', top: 0, behind: mode }) };
  }
  const top = scrolled(mode.top, press, layoutOf(state.size).height);
  return { state: top === null ? state : inMode(state, { ...mode, top }) };
}

function inHelp(state: LiveState, mode: Extract<Mode, { kind: 'help' }>, press: Press): LiveState {
  const top = scrolled(mode.top, press, layoutOf(state.size).height);
  if (top !== null) return inMode(state, { ...mode, top });
  return press.kind === 'click' ? state : inMode(state, mode.behind ?? { kind: 'table' });
}
