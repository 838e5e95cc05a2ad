import { filteredBy } from './selection.ts';
import type { LiveState, WayBack } from './state.ts';

/** The state with the sockets of a group: `condition`, which selects them, is added to the expression. */
export function withOpened(state: LiveState, condition: string): LiveState {
  const { grouping, groups, groupSort, groupPlace, waysBack } = state;
  const { expression } = state.asked.query.filters;
  const before = expression.join(' ').trim();
  const text = before === '' ? condition : joinedWith(before, condition);
  const behind = { grouping, groups, groupSort, groupPlace, expression };
  return { ...filteredBy(state, [text]), grouping: null, waysBack: [...waysBack, behind] };
}

/** Clauses about states must come first in an expression. */
function joinedWith(before: string, condition: string): string {
  return condition.startsWith('state ')
    ? `${condition} ( ${before} )`
    : `( ${before} ) and ${condition}`;
}

/** The way back from the sockets of an opened group; null: none is open. */
export function wayBack({ waysBack }: LiveState): WayBack | null {
  return waysBack.at(-1) ?? null;
}

/** The state with the groups as they were before one was opened. */
export function withGroupsBehind(state: LiveState, behind: WayBack): LiveState {
  const { expression, ...groups } = behind;
  const waysBack = state.waysBack.slice(0, -1);
  return { ...filteredBy(state, expression), ...groups, waysBack };
}
