import type { Query } from '../../model/request/query.ts';
import type { LazyResolver, NameResolver } from '../../resolve/index.ts';
import { selectionOf } from '../../select/index.ts';

/**
 * A resolver that looks up only the hosts that the filters of `typed` name: a file must not decide which names a server
 * is asked for.
 */
export function lookingUpTyped(resolver: LazyResolver, typed: Query): LazyResolver {
  const reason = 'which a file names: repeat the filter, or save with an address';
  return async () => {
    const own = await resolver();
    return {
      ...own,
      async hostAddresses(names) {
        const known = await hostsIn(typed, own);
        const refused = [...names].filter((name) => !known.has(name));
        const found = await own.hostAddresses(
          new Set([...names].filter((name) => known.has(name))),
        );
        return new Map([...found, ...refused.map((name) => [name, { reason }] as const)]);
      },
    };
  };
}

/** The hosts that a query's filters name. */
async function hostsIn(query: Query, lookups: NameResolver): Promise<ReadonlySet<string>> {
  const hosts = new Set<string>();
  const noting = {
    ...lookups,
    async hostAddresses(names: ReadonlySet<string>) {
      for (const name of names) hosts.add(name);
      return new Map();
    },
  };
  await selectionOf(
    query,
    async () => noting,
    async () => null,
    () => undefined,
  );
  return hosts;
}
