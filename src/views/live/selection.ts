import type { MarkedSocket } from '../../model/report/marked-socket.ts';
import type { Query } from '../../model/request/query.ts';
import { layoutOf } from './layout.ts';
import { type Cursor, type LiveState, start, within } from './state.ts';

/** The state with another query, whose list is shown from the top. */
export function askedFor(state: LiveState, changes: Partial<Query>): LiveState {
  const { asked } = state;
  const query = { ...asked.query, ...changes };
  return { ...state, asked: { ...asked, query }, place: start, chosen: null };
}

/** The state with another expression, in its words; none: every row that the flags choose. */
export function filteredBy(state: LiveState, expression: readonly string[]): LiveState {
  return askedFor(state, { filters: { ...state.asked.query.filters, expression } });
}

/** The state with its place in the table at another row, which is selected. */
export function placedAt(state: LiveState, place: Cursor): LiveState {
  const isTop = place.at === 0 && place.top === 0;
  return { ...state, place, chosen: isTop ? null : (state.round?.rows[place.at] ?? null) };
}

/** The row that is drawn as selected; undefined: there are no rows. */
export function selectedRow({ round, place }: LiveState): MarkedSocket | undefined {
  const { rows = [] } = round ?? {};
  return rows[within(place, rows.length, 1).at];
}

/**
 * The state with this round: the place follows the selected row, which stays in the same line of the screen. If it has
 * left the list, the one that is now in its place is selected, unless it `mayComeBack`.
 */
export function withRound(
  state: LiveState,
  round: NonNullable<LiveState['round']>,
  mayComeBack: (row: MarkedSocket) => boolean,
): LiveState {
  const { size, place, chosen } = state;
  const { rows } = round;
  const next = { ...state, round };
  if (chosen === null) return { ...next, place: start };
  const found = rows.indexOf(chosen);
  const moved = found < 0 ? place : { at: found, top: place.top + found - place.at };
  const kept = within(moved, rows.length, layoutOf(size).height);
  return found >= 0 || mayComeBack(chosen) ? { ...next, place: kept } : placedAt(next, kept);
}
