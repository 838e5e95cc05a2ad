import type { MetricsAsked } from './metric.ts';

/** Where a server listens. */
export interface ServePlace {
  /** An IP address; null: every address of this machine. */
  readonly address: string | null;
  /** 0: one that the system gives. */
  readonly port: number;
}

/** `--serve`: what is measured, where it is told, to whom, and how long an answer may take. */
export interface ServeRequest extends MetricsAsked {
  readonly place: ServePlace;
  /** The file that says who may ask; null: nobody is asked who they are. */
  readonly authFile: string | null;
  /** Whoever reaches the place may ask, by whichever name. */
  readonly anyone: boolean;
  /** How long a scrape waits for its reading, in milliseconds. */
  readonly timeout: number;
}
