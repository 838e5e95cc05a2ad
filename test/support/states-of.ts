import {
  type StateKind,
  type StateName,
  type StateOf,
  states,
} from '../../src/model/socket/state.ts';

/** The states of one kind, in the table's order. */
export function statesOf<Kind extends StateKind>(kind: Kind): readonly StateOf<Kind>[] {
  const found = (Object.keys(states) as StateName[]).filter((name) =>
    (states[name].of as readonly StateKind[]).includes(kind),
  );
  return found as StateOf<Kind>[];
}
