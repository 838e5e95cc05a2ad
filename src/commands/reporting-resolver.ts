import type { Host } from '../host.ts';
import type { LazyResolver } from '../resolve/index.ts';
import { lazyResolver } from '../resolve/lazy-resolver.ts';
import { complain } from './complain.ts';
import { givenUpText } from './hints.ts';

/**
 * A resolver that reports once, on standard error, that addresses stay numbers because no server answered in time.
 */
export function reportingResolver(timeoutMs: number, host: Host): LazyResolver {
  let isReported = false;
  return lazyResolver(timeoutMs, host, (addresses) => {
    if (!isReported) complain(host, givenUpText(addresses, timeoutMs));
    isReported = true;
  });
}
