import type { PlatformHost } from '../source.ts';

/** What a remote source needs from this machine, and its limits. */
export interface RemoteParts extends PlatformHost {
  /** Milliseconds for one whole answer, including ssh's start. */
  readonly timeout: number;
  /** Stops everything: pending reads reject with its reason. */
  readonly signal?: AbortSignal;
}
