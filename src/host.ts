import type { Stages } from './model/stages.ts';

/** What the program needs of the process it runs in; `cli.ts` is the only one that has a process. */
export interface Host {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** The numbers of users are those of other machines: this one has no names for them. */
  readonly usersElsewhere?: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * Shows a text with another program, which no shell starts, and returns when it has ended.
   * @returns why it could not be started; null: it was
   */
  page?(text: string, command: readonly string[]): Promise<string | null>;
  /**
   * The text of a file of options; `refusal`: why it is not read. null: there is none. `isSecret`: nobody
   * else may be able to read it either.
   */
  readOwn?(
    path: string,
    isSecret?: boolean,
  ): { readonly text: string } | { readonly text: null; readonly refusal: string } | null;
  sleep(milliseconds: number): Promise<void>;
  /** The exit code where the reader of standard output has enough before all is written; until then: done. */
  codeIfClosed?(code: number): void;
  /**
   * Has `cleanUp` called where a signal or a fault ends the process, from then on until what is returned is called.
   * Signals come through only where the event loop goes on.
   */
  beforeSignal?(cleanUp: () => void): () => void;
  /**
   * Resolves with the exit code of the first signal that would end the program, which is then up to the
   * caller; a second one ends it at once. Left out where no signals come.
   */
  ended?(): Promise<number>;
  /**
   * Takes the whole terminal, until `close` or the end of the process, which gives it back however that
   * comes. null: standard input or standard output is no terminal. Left out where there is none to be had.
   */
  openScreen?(events: ScreenEvents): Promise<Screen | null>;
  /** Milliseconds since some moment, whatever becomes of the time of day. */
  elapsed(): number;
  /** As PlatformHost has it: then memory counts more than the start. */
  onManyRows?(rows: number): void;
  /** What this run compiles is kept for others: what they need is to be called, though this run does without. */
  readonly compilesForOthers?: boolean;
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

/** A terminal that shows nothing but what this program draws. */
export interface Screen {
  /** In cells. */
  size(): { readonly columns: number; readonly rows: number };
  /**
   * Sends text and never waits: what the terminal has no room for now is sent later. To be called again when
   * `drained` has resolved.
   */
  write(text: string): void;
  /** Resolves when all that was written is sent. */
  drained(): Promise<void>;
  /**
   * Gives the terminal back and stops the program, as Ctrl-Z does; once it goes on, the terminal is taken
   * again and `resumed` told. Left out where programs cannot be stopped.
   */
  suspend?(): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** What is told of a screen. */
export interface ScreenEvents {
  /** What was typed, as the terminal sends it, in whatever pieces. */
  input(text: string): void;
  resized(): void;
  /** The program was stopped and goes on: the screen shows nothing that it has drawn. */
  resumed(): void;
}
