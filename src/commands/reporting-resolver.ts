import type { Host } from '../host.ts';
import type { LazyResolver } from '../resolve/index.ts';
import type { GivenUp } from '../resolve/known-names.ts';
import { lazyResolver } from '../resolve/lazy-resolver.ts';
import { complain } from './complain.ts';
import { givenUpText } from './hints.ts';

/**
 * A resolver that reports, on standard error, that addresses or users stay numbers because there was no answer in time:
 * once of each.
 */
export function reportingResolver(timeoutMs: number, host: Host): LazyResolver {
  const reported = new Set<Parameters<GivenUp>[1]>();
  return lazyResolver(timeoutMs, host, (count, what) => {
    if (!reported.has(what)) complain(host, givenUpText(count, what, timeoutMs));
    reported.add(what);
  });
}
