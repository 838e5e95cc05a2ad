import { allProtocols, type Family, type Protocol } from '../protocol.ts';
import { mayBeIn, type SocketPattern } from '../socket/pattern.ts';
import type { Row, WarnedTable, Warning } from './snapshot.ts';

/** What says of which table it is: some rows do not. */
type InTable = object & { readonly protocol?: Protocol; readonly family?: Family };

/** The table of a protocol's sockets of one family; SCTP and the UNIX domain have one for all. */
export function tableOf(protocol: Protocol, family: Family): WarnedTable {
  return protocol === 'sctp' || family === 'unix' ? { protocol } : { protocol, family };
}

/** Whether a warning may be about a row: it is of its machine, and of one of its tables. */
export function mayConcern(warning: Warning, row: Row): boolean {
  const { host } = warning;
  return (host === undefined || host === row.host) && mayConcernTable(warning, row);
}

/**
 * Whether a warning may be about a table. One that names none, such as that of an earlier version, may be about any, and
 * so may one with a word of a later version.
 */
export function mayConcernTable(warning: Warning, one: InTable): boolean {
  return tablesOf(warning).some(
    ({ protocol, family }) => mayBe(protocol, one.protocol) && mayBe(family, one.family),
  );
}

/** Whether a warning may be about a table of sockets of which some match. */
export function mayConcernMatching(warning: Warning, wanted: SocketPattern): boolean {
  return tablesOf(warning).some((table) => mayBeIn(table, wanted));
}

/** The tables that a warning may be about, without words that are not known. */
function tablesOf({ tables = [] }: Warning): readonly WarnedTable[] {
  if (tables.length === 0) return [anyTable];
  return tables.map(({ protocol, family }) => ({
    ...(isKnown(protocol) && { protocol }),
    ...(isKnown(family) && { family }),
  }));
}

const anyTable: WarnedTable = {};

function isKnown<T extends Protocol | Family>(word: T | undefined): word is T {
  return word !== undefined && known.has(word);
}

function mayBe(named: Protocol | Family | undefined, own: Protocol | Family | undefined): boolean {
  return named === undefined || own === undefined || named === own;
}

const known: ReadonlySet<string> = new Set([...allProtocols, 'inet', 'inet6']);
