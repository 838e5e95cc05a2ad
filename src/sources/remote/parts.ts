import type { PlatformHost } from '../source.ts';

/** A machine that is asked over ssh. */
export interface RemoteHost {
  /** As the user wrote it: an alias of ssh_config, HOST, USER@HOST or ssh://USER@HOST:PORT. */
  readonly name: string;
}

/** What asking a machine over ssh needs of this one, and its bounds. */
export interface RemoteParts extends PlatformHost {
  /** Milliseconds for one whole answer, from ssh's start on. */
  readonly timeout: number;
  /** Ends what is under way: reading rejects with its reason. */
  readonly signal?: AbortSignal;
}
