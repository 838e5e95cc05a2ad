import { allProtocols, type Family, type Protocol } from '../protocol.ts';
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
export function mayConcernTable({ tables }: Warning, one: InTable): boolean {
  if (tables === undefined || tables.length === 0) return true;
  return tables.some(
    ({ protocol, family }) => mayBe(protocol, one.protocol) && mayBe(family, one.family),
  );
}

function mayBe(named: Protocol | Family | undefined, own: Protocol | Family | undefined): boolean {
  return named === undefined || own === undefined || named === own || !known.has(named);
}

const known: ReadonlySet<string> = new Set([...allProtocols, 'inet', 'inet6']);
