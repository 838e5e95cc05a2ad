import type { Prefix } from '../address/prefix.ts';
import type { InetFamily, Protocol } from '../protocol.ts';
import type { StateFilter } from './state.ts';

/**
 * A test of what every table has of a socket, as data: a source that can leave rows out before it reads them translates
 * it. A UNIX socket has no port and no address; that SCTP's have several addresses is not considered.
 */
export type SocketPattern =
  | boolean
  | PatternAtom
  | { readonly kind: 'not'; readonly of: SocketPattern }
  | { readonly kind: 'all' | 'any'; readonly of: readonly SocketPattern[] };

/** A pattern that has no parts. */
export type PatternAtom =
  | PortAtom
  | AddressAtom
  | { readonly kind: 'state'; readonly states: ReadonlySet<StateFilter> }
  | {
      readonly kind: 'table';
      /** null: any. */
      readonly protocol: Protocol | null;
      readonly family: InetFamily | 'unix' | null;
    };

/** The port of one end is in a range. */
export interface PortAtom {
  readonly kind: 'port';
  readonly end: 'local' | 'remote';
  readonly low: number;
  readonly high: number;
}

/** The address of one end is in a network. */
export interface AddressAtom {
  readonly kind: 'address';
  readonly end: 'local' | 'remote';
  readonly prefix: Prefix;
}

/** Builds patterns of others, without parts that change nothing. */
export const pattern = {
  /** True if all are; true if there are none. */
  all: (of: readonly SocketPattern[]): SocketPattern => joined('all', of, true),
  /** True if any is; false if there are none. */
  any: (of: readonly SocketPattern[]): SocketPattern => joined('any', of, false),
  /** True if the other is false. */
  not: (of: SocketPattern): SocketPattern => (typeof of === 'boolean' ? !of : { kind: 'not', of }),
};

/** Leaves out what changes nothing; `neutral` is what the whole is without any parts. */
function joined(
  kind: 'all' | 'any',
  of: readonly SocketPattern[],
  neutral: boolean,
): SocketPattern {
  if (of.includes(!neutral)) return !neutral;
  const parts = of.filter((one) => one !== neutral);
  const [first = neutral] = parts;
  return parts.length < 2 ? first : { kind, of: parts };
}

/** The pattern with those of its atoms decided for which `decide` does not return null. */
export function decided(
  of: SocketPattern,
  decide: (atom: PatternAtom) => boolean | null,
): SocketPattern {
  if (typeof of === 'boolean') return of;
  switch (of.kind) {
    case 'not':
      return pattern.not(decided(of.of, decide));
    case 'all':
    case 'any':
      return pattern[of.kind](of.of.map((one) => decided(one, decide)));
    default:
      return decide(of) ?? of;
  }
}

/** Which table a socket is in: what is left out is not known. */
interface InTable {
  readonly protocol?: Protocol | undefined;
  readonly family?: InetFamily | 'unix' | undefined;
}

/** The pattern of the sockets of one table: what is the same for all of them is decided. */
export function patternInTable(of: SocketPattern, table: InTable): SocketPattern {
  const { protocol } = table;
  const family = protocol === 'unix' ? 'unix' : table.family;
  return decided(of, (atom) => {
    if (atom.kind === 'table') return both(is(atom.protocol, protocol), is(atom.family, family));
    if (atom.kind === 'state') return null;
    // A UNIX socket has no port and no address.
    if (family === 'unix') return false;
    // An IPv6 network contains no IPv4 address; the other way round there are mapped addresses.
    return atom.kind === 'address' && atom.prefix.version === 6 && family === 'inet' ? false : null;
  });
}

/** Whether it is what is wanted, if anything is; null: it is not known. */
function is<T>(wanted: T | null, own: T | undefined): boolean | null {
  if (wanted === null) return true;
  return own === undefined ? null : own === wanted;
}

function both(one: boolean | null, other: boolean | null): boolean | null {
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}

/** Whether a socket of a table may match. */
export function mayBeIn(table: InTable, wanted: SocketPattern): boolean {
  return patternInTable(wanted, table) !== false;
}
