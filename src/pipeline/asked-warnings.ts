import type { Query } from '../model/query.ts';
import type { WarningSink } from '../sources/source.ts';

/** Tables of protocols that most kernels have no module of loaded. */
const rareTable = /\/net\/(?:sctp\/|udplite)/;

/** Tables of IPv6 are files of their own: tcp6, udp6 … */
const tableOfInet6 = /\/net\/[a-z]+6$/;

/**
 * A sink without warnings that tables of IPv6 are absent which are read for the other ends of IPv4 alone: a kernel
 * without IPv6 has none there.
 */
export function askedFamilies<S extends WarningSink>(
  sink: S,
  { families }: Pick<Query, 'families'>,
): S {
  if (families.includes('inet6')) return sink;
  return {
    ...sink,
    warn(warning) {
      if (warning.code !== 'absent' || !tableOfInet6.test(warning.source ?? '')) sink.warn(warning);
    },
  };
}

/**
 * A sink without warnings that a table is absent which nobody asked for by name: no SCTP is what most
 * machines have, and nothing is missing from the answer. `verbose`: they are told all the same.
 */
export function askedWarnings<S extends WarningSink>(
  sink: S,
  { protocolsNamed }: Pick<Query, 'protocolsNamed'>,
  verbose: boolean,
): S {
  if (protocolsNamed || verbose) return sink;
  return {
    ...sink,
    warn(warning) {
      if (warning.code !== 'absent' || !rareTable.test(warning.source ?? '')) sink.warn(warning);
    },
  };
}
