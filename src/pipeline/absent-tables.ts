import type { Query } from '../model/request/query.ts';
import type { WarningSink } from '../sources/source.ts';

/** Tables of protocols whose module is not loaded on most kernels. */
const rareTable = /\/net\/(?:sctp\/|udplite)/;

/** IPv6 tables are separate files: tcp6, udp6 … */
const tableOfInet6 = /\/net\/[a-z]+6$/;

/**
 * A sink that drops warnings about absent IPv6 tables if these are read only to find peers of IPv4 sockets: a
 * kernel without IPv6 has none there.
 */
export function withoutAbsentInet6<S extends WarningSink>(
  sink: S,
  { families }: Pick<Query, 'families'>,
): S {
  return families.includes('inet6') ? sink : withoutAbsent(tableOfInet6, sink);
}

/**
 * A sink that drops warnings about an absent table that was not requested by name: most machines have no SCTP, and
 * the answer is complete without it. `verbose`: keeps them.
 */
export function withoutRareTables<S extends WarningSink>(
  sink: S,
  { protocolsNamed }: Pick<Query, 'protocolsNamed'>,
  verbose = false,
): S {
  return protocolsNamed || verbose ? sink : withoutAbsent(rareTable, sink);
}

function withoutAbsent<S extends WarningSink>(tables: RegExp, sink: S): S {
  return {
    ...sink,
    warn(warning) {
      if (warning.code !== 'absent' || !tables.test(warning.source ?? '')) sink.warn(warning);
    },
  };
}
