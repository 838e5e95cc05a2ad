import type { Stages } from './flow/stages.ts';

/** A file that the program obeys. `refusal`: why it was not read. */
export type OwnFile = { readonly text: string } | { readonly text: null; readonly refusal: string };

/** What the program needs from the process that it runs in; only `cli.ts` accesses the process itself. */
export interface Host {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** User IDs are those of other machines, for which this machine has no names. */
  readonly usersElsewhere?: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * Shows a text with a pager, which is started without a shell, and resolves when it has ended.
   * @returns why it could not be started; null: it was
   */
  page(text: string, command: readonly string[]): Promise<string | null>;
  /** Reads a file of options. null: there is no such file. `isSecret`: others must not be able to read it either. */
  readOwn(path: string, isSecret?: boolean): OwnFile | null;
  sleep(milliseconds: number): Promise<void>;
  /** Sets the exit code used if the reader closes standard output early; the default is `done`. */
  codeIfClosed(code: number): void;
  /**
   * Has `cleanUp` called when a signal or a fault ends the process, until the returned function is called. Signals
   * arrive only while the event loop runs.
   */
  beforeSignal(cleanUp: () => void): () => void;
  /**
   * Resolves with the exit code of the first signal that would end the program; ending it is then up to the caller.
   * A second signal ends it at once.
   */
  ended(): Promise<number>;
  /**
   * Takes over the terminal until `close` or the end of the process, however it ends; both restore it. null:
   * standard input or output is not a terminal.
   */
  openScreen(events: ScreenEvents): Promise<Screen | null>;
  /** How many more files and sockets can be opened; Infinity: any number, or it is not known. */
  descriptorRoom(): Promise<number>;
  /** Milliseconds of a monotonic clock: changes to the time of day do not affect it. */
  elapsed(): number;
  /** As PlatformHost has it: from then on memory matters more than the start. */
  onManyRows(rows: number): void;
  /** As PlatformHost has it. */
  readonly ownsThread: boolean;
  /** As PlatformHost has it. */
  readonly compilesForOthers: boolean;
  /** Only with `--debug` or TSNETSTAT_DEBUG=1. */
  readonly debug?: Debug | undefined;
}

/** Receives what `--debug` shows: where the time went and why a run failed. */
export interface Debug extends Stages {
  /** Records the error that ends the run, to show its causes and stack. Call it before the error is printed. */
  failed(error: unknown): void;
}

/** Standard output or standard error. */
export interface Output {
  /** Writes text, or bytes in UTF-8, which must not change until all is written (`drained`). */
  write(text: string | Uint8Array): void;
  /**
   * Writes what the reader had no room for, as soon as it has, and resolves when all is written. Call it after each
   * `write` when there are several rounds, and await it before the next: the reader may be slow, and a signal must
   * get through meanwhile. Left out where `write` itself blocks.
   */
  drained?(): Promise<void>;
  /**
   * From now on the program ends soon after its reader is gone, even if there is nothing to write: on Linux, for a
   * pipe.
   */
  endWithReader?(): void;
  readonly isTerminal: boolean;
  /** The terminal's width in columns; null: not a terminal, or its width is unknown. */
  readonly columns: number | null;
}

/** A terminal taken over by this program. */
export interface Screen {
  /** In cells. */
  size(): { readonly columns: number; readonly rows: number };
  /**
   * Sends text without blocking: what the terminal has no room for is sent later. Call it again only after
   * `drained` has resolved. While the program is being suspended, text is dropped.
   */
  write(text: string): void;
  /** Resolves when all written text is sent. */
  drained(): Promise<void>;
  /**
   * Restores the terminal and stops the program, as Ctrl-Z does; when it continues, the terminal is taken over
   * again and `resumed` called. Left out where programs cannot be stopped.
   */
  suspend?(): void;
  /** Restores the terminal. */
  close(): void;
}

/** Events of a screen. */
export interface ScreenEvents {
  /** Input as the terminal sends it, in pieces of any size. */
  input(text: string): void;
  resized(): void;
  /** The program was stopped and continues: the screen no longer shows what was drawn. */
  resumed(): void;
}
