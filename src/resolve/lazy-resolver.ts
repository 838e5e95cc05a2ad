import type { LazyResolver, NameResolver } from './index.ts';
import type { ThisMachine } from './naming-host.ts';

/**
 * A resolver that is loaded on first use and then caches results. `onGivenUp`: called with the number of addresses
 * that have no name because no server answered in time.
 */
export function lazyResolver(
  timeoutMs: number,
  host: ThisMachine,
  onGivenUp?: (addresses: number) => void,
): LazyResolver {
  let resolver: Promise<NameResolver> | null = null;
  return () => {
    resolver ??= import('./index.ts').then(({ nameResolver }) =>
      nameResolver({ timeoutMs, host, onGivenUp }),
    );
    return resolver;
  };
}
