/** What the program needs of the process it runs in; `cli.ts` is the only one that has a process. */
export interface Host {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  sleep(milliseconds: number): Promise<void>;
  /** There only with `--debug` or TSNETSTAT_DEBUG=1. */
  readonly debug?: Debug | undefined;
}

/**
 * What `--debug` is told, so that it can show where the time went and why a run failed. All time
 * belongs to one stage, the one that was entered last; a stage may be entered often. Of the stages
 * cli.ts enters `start`, `other` (what nobody claims), `write` and `wait` (between rounds).
 *
 *     host.debug?.enter('options');                        // from here on; nothing is returned to
 *     rows = host.debug?.timed('read', rows) ?? rows;      // the time of each pull, wherever it is pulled
 *     rows = host.debug?.timed('sort', sorted(rows)) ?? rows;  // less what is read inside of it
 *     host.debug?.failed(error);                           // before the error is told
 *
 * The names that the program uses: options, source, read, owners, names, sort, format.
 */
export interface Debug {
  /** From now on the program is in this stage. Returns the stage that it was in, to go back to. */
  enter(stage: string): string;
  /** The same items; the time in which the next one is made belongs to `stage`. */
  timed<T>(stage: string, items: AsyncIterable<T>): AsyncIterable<T>;
  /** This error ends the run: its causes and where it was thrown are to be shown. */
  failed(error: unknown): void;
}

/** Standard output or standard error. */
export interface Output {
  write(text: string): void;
  /**
   * Returns when all is written. To be awaited behind each `write` where rounds go on: the reader may
   * be slow, and a signal has to get through meanwhile. Left out where `write` itself waits.
   */
  drained?(): Promise<void>;
  readonly isTerminal: boolean;
  /** The terminal's width in columns; null: not a terminal, or it does not tell. */
  readonly columns: number | null;
}
