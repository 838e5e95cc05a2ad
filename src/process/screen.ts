/** The full screen's access to the terminal: modes, signals, and restoring it. */

import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { exitCode } from '../errors.ts';
import { blockFor } from '../flow/steady-clock.ts';
import type { Screen, ScreenEvents } from '../host.ts';
import { deadlySignals } from './deadly-signals.ts';
import { isInBackground } from './in-background.ts';

/** What a screen needs of the process. */
export interface ScreenEdge {
  /** A descriptor of the terminal; a write to it need not wait. */
  readonly fd: number;
  /** Ends the process, which calls `leave` first. */
  end(code: number): never;
  /** The same by a signal, so that SIGQUIT can write a core dump. */
  die(signal: NodeJS.Signals): never;
}

/**
 * Hides the cursor, disables wrapping at the right edge, reports the wheel and clicks (SGR format), and brackets pasted
 * text: private modes of xterm, which other terminals support or ignore.
 */
const modes = '\x1b[?25l\x1b[?7l\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[0m\x1b[2J';
/** The alternate buffer; entered only once: a second time would overwrite the saved cursor position. */
const enter = `\x1b[?1049h${modes}`;
/** CAN ends an incomplete sequence. The rest undoes `enter`, in reverse order. */
const leaving =
  '\x18\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[?25h\x1b[?1049l';

/**
 * The largest screen that is drawn, far beyond any display. A window may claim 65,535 lines and columns, and drawing
 * those would keep the program from seeing keys and signals.
 */
const largest = { columns: 4000, rows: 1000 };

/** How long to wait before writing to a full terminal again, in milliseconds: there is no event for it. */
const retryDelay = 10;
/** How often to retry restoring the terminal: one that is stopped (Ctrl-S) must not block the program. */
const mostRetries = 200;
/** How long a signal may take to be handled once the process runs again, in milliseconds. */
const continueDelay = 50;

/**
 * Takes over the terminal. `leave` restores it, and may be called repeatedly. Fatal signals, and the loss of the
 * terminal, end the process through `edge`, with the shell's exit codes.
 */
export function openScreen(
  events: ScreenEvents,
  { fd, end, die }: ScreenEdge,
): { readonly screen: Screen; leave(): void } {
  const { stdin, stdout } = process;
  const writer = writerTo(fd, hangUp);
  const isBehind = () => isInBackground(0);
  const job = jobControl({ leave: giveBack, comeBack: takeBack, isBehind });
  let isIn = false;

  function take(): void {
    const isAgain = isIn;
    isIn = true;
    setRaw(true);
    writer.write(isAgain ? modes : enter);
  }

  function giveBack(): void {
    if (!isIn) return;
    isIn = false;
    writer.end();
    writeNow(fd, leaving);
    // Another job has set the modes that it needs.
    if (!isBehind()) setRaw(false);
  }

  /** After a stop. */
  function takeBack(): void {
    // Another program may have changed the terminal's modes.
    setRaw(false);
    writer.forget();
    take();
    // A stopped process gets no SIGWINCH: this makes Node read the size.
    process.emit('SIGWINCH');
    events.resumed();
  }

  /**
   * Ends the process as a signal does. In the background by the signal itself, for which a shell reports the same code: as
   * Node exits, it restores the terminal's modes, and that would stop the process again.
   */
  function endBy(signal: NodeJS.Signals, code: number): void {
    if (isBehind()) die(signal);
    end(code);
  }

  /** If the terminal is lost, Node would abort as it exits. */
  function hangUp(): void {
    if (!isatty(0) && process.platform !== 'win32') {
      isIn = false;
      die('SIGHUP');
    }
    endBy('SIGHUP', exitCode.hungUp);
  }

  const signals = {
    SIGINT: () => endBy('SIGINT', exitCode.interrupted),
    SIGTERM: () => endBy('SIGTERM', exitCode.terminated),
    SIGHUP: hangUp,
    ...Object.fromEntries(deadlySignals.map((signal) => [signal, () => die(signal)])),
    ...(process.platform !== 'win32' && {
      SIGTSTP: job.suspend,
      SIGCONT: job.goOn,
    }),
  } as const;

  const input = (text: string) => events.input(text);
  const resized = () => events.resized();
  // Before other handlers, which know nothing of a lost terminal.
  for (const [name, handler] of Object.entries(signals)) {
    process.prependListener(name as NodeJS.Signals, handler);
  }
  process.on('exit', giveBack);
  stdin.setEncoding('utf8');
  stdin.on('data', input).on('end', hangUp).on('error', hangUp);
  stdout.on('resize', resized).on('error', hangUp);
  if (isBehind()) job.waitBehind();
  else take();
  stdin.resume();

  const screen: Screen = {
    size: () => ({
      columns: Math.min(stdout.columns || 80, largest.columns),
      rows: Math.min(stdout.rows || 24, largest.rows),
    }),
    write(text) {
      // Suspended, or about to be: the terminal is the shell's.
      if (isIn) writer.write(text);
    },
    drained: writer.drained,
    ...(process.platform !== 'win32' && { suspend: job.suspend }),
    close() {
      job.end();
      giveBack();
      for (const [name, handler] of Object.entries(signals)) process.off(name, handler);
      stdin.off('data', input).off('end', hangUp).off('error', hangUp);
      stdout.off('resize', resized).off('error', hangUp);
      stdin.pause();
    },
  };
  return { screen, leave: giveBack };
}

/** How the shell stops and continues the process. */
interface JobControl {
  /** Stops the whole job. */
  suspend(): void;
  /** Stops the whole job, which is in the background, until it may have the terminal. */
  waitBehind(): void;
  /** Continues after whatever stopped the process, including SIGSTOP, which cannot be caught. */
  goOn(): void;
  /** After a stop, does not continue by itself any more. */
  end(): void;
}

/** What the shell's control of a job needs of the screen. */
interface JobScreen {
  /** Called before a stop. */
  leave(): void;
  /** Called after it. */
  comeBack(): void;
  /** Whether another job has the terminal. */
  isBehind(): boolean;
}

function jobControl({ leave, comeBack, isBehind }: JobScreen): JobControl {
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Stops the whole job, as the terminal does. If no process could continue it, the kernel does not stop it. */
  function stop(signal: 'SIGTSTP' | 'SIGTTOU'): void {
    leave();
    process.kill(0, signal);
    // After a stop the first timer fires at once, maybe before SIGCONT is handled; the second gives it time.
    timer = setTimeout(() => {
      timer = setTimeout(resume, continueDelay);
    }, 0);
  }

  function suspend(): void {
    process.off('SIGTSTP', suspend);
    stop('SIGTSTP');
  }

  function waitBehind(): void {
    stop('SIGTTOU');
  }

  function goOn(): void {
    clearTimeout(timer);
    if (!isBehind()) resume();
    // `kill` of a shell continues a stopped job: what ends it may come after SIGCONT.
    else timer = setTimeout(() => (isBehind() ? waitBehind() : resume()), continueDelay);
  }

  function resume(): void {
    process.off('SIGTSTP', suspend);
    process.on('SIGTSTP', suspend);
    comeBack();
  }

  return { suspend, waitBehind, goOn, end: () => clearTimeout(timer) };
}

function setRaw(isRaw: boolean): void {
  try {
    process.stdin.setRawMode(isRaw);
  } catch {
    // The terminal is lost.
  }
}

/** Writes to a terminal when it has room. */
interface Writer {
  write(text: string): void;
  /** Resolves when everything is written. */
  drained(): Promise<void>;
  /** Discards what is not written yet. */
  forget(): void;
  /** The same, and stops waiting. */
  end(): void;
}

/** `gone` is called when the terminal is lost. */
function writerTo(fd: number, gone: () => void): Writer {
  let unsent: Uint8Array = new Uint8Array(0);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting: (() => void)[] = [];

  /** Writes as much as the terminal takes. */
  function send(): void {
    try {
      while (unsent.length > 0) unsent = unsent.subarray(writeSync(fd, unsent));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
        timer = setTimeout(send, retryDelay);
        return;
      }
      gone();
    }
    timer = null;
    const callbacks = waiting;
    waiting = [];
    for (const callback of callbacks) callback();
  }

  function forget(): void {
    unsent = unsent.subarray(unsent.length);
  }

  return {
    write(text) {
      const more = Buffer.from(text);
      unsent = unsent.length === 0 ? more : Buffer.concat([unsent, more]);
      if (timer === null) send();
    },
    drained: () =>
      unsent.length === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    forget,
    end() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      forget();
    },
  };
}

/** Writes without the event loop, which may have ended. */
function writeNow(fd: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  for (let tries = 0; rest.length > 0 && tries < mostRetries; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      tries++;
      blockFor(retryDelay);
    }
  }
}
