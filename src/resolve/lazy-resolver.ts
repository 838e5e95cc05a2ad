import { lazily } from '../flow/lazily.ts';
import type { LazyResolver } from './index.ts';
import type { GivenUp } from './known-names.ts';
import type { ThisMachine } from './naming-host.ts';

/** A resolver that is loaded on first use and then caches results. */
export function lazyResolver(
  timeoutMs: number,
  host: ThisMachine,
  onGivenUp?: GivenUp,
): LazyResolver {
  return lazily(async () => {
    const { nameResolver } = await import('./index.ts');
    return nameResolver({ timeoutMs, host, onGivenUp });
  });
}
