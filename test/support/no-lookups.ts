import { noNames } from '../../src/model/report/names.ts';
import type { LazyResolver } from '../../src/resolve/index.ts';

/** A resolver that knows no name. */
export const noLookups: LazyResolver = async () => ({
  names: async () => noNames,
  serviceNumber: () => undefined,
  hostAddresses: async () => new Map(),
  userId: () => undefined,
});
