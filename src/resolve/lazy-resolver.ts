import type { LazyResolver, NameResolver } from './index.ts';
import type { GivenUp } from './known-names.ts';
import type { ThisMachine } from './naming-host.ts';

/** A resolver that is loaded on first use and then caches results. */
export function lazyResolver(
  timeoutMs: number,
  host: ThisMachine,
  onGivenUp?: GivenUp,
): LazyResolver {
  let resolver: Promise<NameResolver> | null = null;
  return () => {
    resolver ??= import('./index.ts').then(({ nameResolver }) =>
      nameResolver({ timeoutMs, host, onGivenUp }),
    );
    return resolver;
  };
}
