import type { Host } from '../host.ts';
import { lazyResolver } from '../pipeline/name.ts';
import type { NameResolver } from '../resolve/index.ts';
import { complain } from './complain.ts';
import { givenUpText } from './hints.ts';

/**
 * A resolver that reports once, on standard error, that addresses stay numbers because no server answered in time.
 */
export function reportingResolver(timeoutMs: number, host: Host): () => Promise<NameResolver> {
  let isReported = false;
  return lazyResolver(timeoutMs, host, (addresses) => {
    if (!isReported) complain(host, givenUpText(addresses, timeoutMs));
    isReported = true;
  });
}
