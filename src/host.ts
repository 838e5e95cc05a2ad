/** What the program needs of the process it runs in; `cli.ts` is the only one that has a process. */
export interface Host {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  sleep(milliseconds: number): Promise<void>;
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
