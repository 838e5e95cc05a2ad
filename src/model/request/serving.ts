import type { MetricsAsked } from './metrics.ts';

/** The address and port that a server listens on. */
export interface ListenAddress {
  /** An IP address; null: every address of this machine. */
  readonly address: string | null;
  /** 0: the system chooses one. */
  readonly port: number;
}

/** `--serve`: what to measure, where to serve it, to whom, and how long an answer may take. */
export interface ServeRequest extends MetricsAsked {
  readonly place: ListenAddress;
  /** The file that says who may ask; null: no authentication. */
  readonly authFile: string | null;
  /** Accept requests from anyone, with any Host header. */
  readonly anyone: boolean;
  /** How long a scrape waits for its reading, in milliseconds. */
  readonly timeout: number;
}
