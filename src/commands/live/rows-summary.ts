import { socketGroups } from '../../analysis/socket-groups.ts';
import { stateTextOf } from '../../explain/explain.ts';
import { partLabels } from '../../explain/state-text.ts';
import type { MarkedSocket } from '../../model/report/marked-socket.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { asValue } from '../../select/expression/as-value.ts';
import { programTest } from '../../select/owners.ts';
import type { Explained } from '../../views/live/details.ts';
import { layoutOf } from '../../views/live/layout.ts';
import { type LiveState, within } from '../../views/live/state.ts';

/** Returns the numbers in the header, over all rows. */
export function summed(rows: readonly MarkedSocket[]) {
  const counts = new Map<string, number>();
  let count = 0;
  let sent: number | null = null;
  let received: number | null = null;
  for (const { socket, mark } of rows) {
    if (mark === 'closed') continue;
    count++;
    const { state } = socket;
    if (state !== null) counts.set(state, (counts.get(state) ?? 0) + 1);
    const rates = socket.protocol === 'unix' ? null : socket.rates;
    if (!rates) continue;
    if (rates.sent !== null) sent = (sent ?? 0) + rates.sent;
    if (rates.received !== null) received = (received ?? 0) + rates.received;
  }
  const totals = [...counts].sort((one, other) => other[1] - one[1]);
  const ofSockets =
    sent === null && received === null ? null : ({ sent, received, of: 'sockets' } as const);
  return { count, totals, ofSockets };
}

/** Returns the state with its rows grouped again; the chosen group stays chosen. */
export function regrouped(state: LiveState): LiveState {
  const { grouping, round, size, groupPlace, groups, groupSort } = state;
  if (grouping === null || round === null) return state;
  const sockets = round.rows.flatMap(({ socket, mark }) => (mark === 'closed' ? [] : [socket]));
  const next = socketGroups(sockets, grouping, { asValue, programTest }, groupSort);
  const chosen = groups[groupPlace.at]?.name;
  const found = groupPlace.at === 0 ? 0 : next.findIndex(({ name }) => name === chosen);
  const at = found < 0 ? groupPlace.at : found;
  const place = within({ ...groupPlace, at }, next.length, layoutOf(size).height);
  return { ...state, groups: next, groupPlace: place };
}

/** Returns the text of --explain for a socket's state, in parts. */
export function explained(socket: Socket): readonly Explained[] {
  const text = stateTextOf(socket);
  if (text === null) return [];
  const parts = (['entered', 'left', 'many'] as const).flatMap((part) => {
    const said = text[part];
    return said === undefined ? [] : [{ label: partLabels[part], text: said }];
  });
  return [{ label: null, text: text.meaning }, ...parts];
}
