import type { Warning } from '../model/report/snapshot.ts';
import { mayConcernMatching } from '../model/report/warned-tables.ts';
import type { Need } from '../model/request/needs.ts';
import type { Selection } from '../select/index.ts';

/** What is known beforehand of the rows that are sought. */
export interface Sought {
  /** Whether they are chosen by their owners, or those of the peer. */
  readonly byOwner: boolean;
  /** Whether a warning may be about a table that has one of them, or what decides that it is one. */
  mayConcern(warning: Warning): boolean;
}

/** Any rows are sought, of any owners. */
export const anyRows: Sought = { byOwner: true, mayConcern: () => true };

/** The needs of filters that depend on owners. */
const ownerNeeds: ReadonlySet<Need> = new Set(['owners', 'peers', 'workloads', 'exposure']);

/** What a selection seeks. */
export function soughtBy({ needs, pattern }: Pick<Selection, 'needs' | 'pattern'>): Sought {
  const byPeer = needs.includes('peers');
  return {
    byOwner: needs.some((need) => ownerNeeds.has(need)),
    mayConcern: (warning) =>
      mayConcernMatching(byPeer ? inBothFamilies(warning) : warning, pattern),
  };
}

/** The other end is in a table of the same protocol, but maybe of the other family. */
function inBothFamilies({ tables, ...warning }: Warning): Warning {
  if (tables === undefined) return warning;
  return {
    ...warning,
    tables: tables.map(({ protocol }) => (protocol === undefined ? {} : { protocol })),
  };
}
