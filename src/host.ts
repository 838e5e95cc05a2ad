import type { Stages } from './model/stages.ts';

/** What the program needs of the process it runs in; `cli.ts` is the only one that has a process. */
export interface Host {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * Shows a text with another program, which no shell starts, and returns when it has ended.
   * @returns why it could not be started; null: it was
   */
  page?(text: string, command: readonly string[]): Promise<string | null>;
  /**
   * The text of a file of options; `refusal`: why it is not read. null: there is none.
   */
  readOwn?(
    path: string,
  ): { readonly text: string } | { readonly text: null; readonly refusal: string } | null;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds since some moment, whatever becomes of the time of day. */
  elapsed(): number;
  /** There only with `--debug` or TSNETSTAT_DEBUG=1. */
  readonly debug?: Debug | undefined;
}

/** What `--debug` is told, so that it can show where the time went and why a run failed. */
export interface Debug extends Stages {
  /** This error ends the run: its causes and where it was thrown are to be shown. To be called before it is told. */
  failed(error: unknown): void;
}

/** Standard output or standard error. */
export interface Output {
  /** Text, or its bytes in UTF-8, which are to stay as they are until all is written (`drained`). */
  write(text: string | Uint8Array): void;
  /**
   * Returns when all is written. To be awaited after each `write` where rounds go on: the reader may
   * be slow, and a signal has to get through meanwhile. Left out where `write` itself waits.
   */
  drained?(): Promise<void>;
  readonly isTerminal: boolean;
  /** The terminal's width in columns; null: not a terminal, or it does not tell. */
  readonly columns: number | null;
}
