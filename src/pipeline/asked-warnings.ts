import type { Query } from '../model/query.ts';
import type { WarningSink } from '../sources/source.ts';

/** Tables of protocols that most kernels have no module of loaded. */
const rareTable = /\/net\/(?:sctp\/|udplite)/;

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
