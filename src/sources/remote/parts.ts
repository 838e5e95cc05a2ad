import type { PlatformHost } from '../source.ts';

/** A machine that is reached over ssh. */
export interface RemoteHost {
  /** As the user wrote it: an alias of ssh_config, HOST, USER@HOST or ssh://USER@HOST:PORT. */
  readonly name: string;
}

/** What a remote source needs from this machine, and its limits. */
export interface RemoteParts extends PlatformHost {
  /** Milliseconds for one whole answer, including ssh's start. */
  readonly timeout: number;
  /** Stops everything: pending reads reject with its reason. */
  readonly signal?: AbortSignal;
}
