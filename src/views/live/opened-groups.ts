import { filteredBy } from './selection.ts';
import type { LiveState, OpenedGroup } from './state.ts';

/** The state with the sockets of a group: `condition`, which selects them, is added to the expression. */
export function withOpened(state: LiveState, condition: string): LiveState {
  const { grouping, groups, groupSort, groupPlace } = state;
  const { expression } = state.asked.query.filters;
  const before = expression.join(' ').trim();
  const text = before === '' ? condition : joinedWith(before, condition);
  const behind = { grouping, groups, groupSort, groupPlace, expression };
  const outer = openedGroup(state) === null ? [] : state.openedGroups;
  return {
    ...filteredBy(state, [text]),
    grouping: null,
    openedGroups: [...outer, { behind, expression: text }],
  };
}

/** Clauses about states must come first in an expression. */
function joinedWith(before: string, condition: string): string {
  return condition.startsWith('state ')
    ? `${condition} ( ${before} )`
    : `( ${before} ) and ${condition}`;
}

/** The group whose sockets the table shows; null: none, or the expression is another by now. */
export function openedGroup({ openedGroups, asked }: LiveState): OpenedGroup | null {
  const last = openedGroups.at(-1);
  return last?.expression === asked.query.filters.expression.join(' ') ? last : null;
}

/** The state with the groups as they were before one was opened. */
export function withGroupsBehind(state: LiveState, { behind }: OpenedGroup): LiveState {
  const { expression, ...groups } = behind;
  const openedGroups = state.openedGroups.slice(0, -1);
  return { ...filteredBy(state, expression), ...groups, openedGroups };
}
