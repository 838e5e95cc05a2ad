/** The full screen's access to the terminal: modes, signals, and restoring it. */

import { isatty } from 'node:tty';
import { exitCode } from '../errors.ts';
import type { Screen, ScreenEvents } from '../host.ts';
import { deadlySignals } from './deadly-signals.ts';
import { isInBackground } from './in-background.ts';
import { jobControl } from './job-control.ts';
import { terminalWriter, writeNow } from './terminal-writer.ts';

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

/**
 * Takes over the terminal. `leave` restores it, and may be called repeatedly. Fatal signals, and the loss of the
 * terminal, end the process through `edge`, with the shell's exit codes.
 */
export function openScreen(
  events: ScreenEvents,
  { fd, end, die }: ScreenEdge,
): { readonly screen: Screen; leave(): void } {
  const terminal = terminalAt(fd, hangUp);
  const { giveBack } = terminal;
  const job = jobControl({
    leave: giveBack,
    comeBack() {
      terminal.takeBack();
      events.resumed();
    },
    isBehind,
  });

  /**
   * Ends the process as a signal does. In the background by the signal itself, for which a shell reports the same code: as
   * Node exits, it restores the terminal's modes, and that would stop the process again.
   */
  function endBy(signal: NodeJS.Signals, code: number): void {
    if (isBehind()) die(signal);
    end(code);
  }

  /**
   * Ends the process by SIGHUP itself, since Node aborts if it exits while the terminal is gone. It may go at any moment:
   * terminal emulators send SIGHUP and then close it, and what waits to be read ends before it counts as gone.
   */
  function hangUp(): void {
    if (process.platform === 'win32') end(exitCode.hungUp);
    if (!isatty(0)) terminal.lose();
    die('SIGHUP');
  }

  const signals: SignalListeners = {
    SIGINT: () => endBy('SIGINT', exitCode.interrupted),
    SIGTERM: () => endBy('SIGTERM', exitCode.terminated),
    SIGHUP: hangUp,
    ...Object.fromEntries(deadlySignals.map((signal) => [signal, () => die(signal)])),
    ...(process.platform !== 'win32' && { SIGTSTP: job.suspend, SIGCONT: job.goOn }),
  };
  process.on('exit', giveBack);
  const stopListening = listenTo(signals, events, hangUp);
  if (isBehind()) job.waitBehind();
  else terminal.take();
  process.stdin.resume();

  const screen: Screen = {
    size: sizeOfScreen,
    write: terminal.write,
    drained: terminal.drained,
    ...(process.platform !== 'win32' && { suspend: job.suspend }),
    close() {
      job.end();
      giveBack();
      stopListening();
      process.stdin.pause();
    },
  };
  return { screen, leave: giveBack };
}

/** Whether another job has the terminal. */
function isBehind(): boolean {
  return isInBackground(0);
}

function sizeOfScreen(): ReturnType<Screen['size']> {
  const { columns, rows } = process.stdout;
  return {
    columns: Math.min(columns || 80, largest.columns),
    rows: Math.min(rows || 24, largest.rows),
  };
}

/** The terminal: taken over, or given back. */
interface Terminal {
  take(): void;
  /** Restores it. */
  giveBack(): void;
  /** Takes it again after a stop. */
  takeBack(): void;
  /** It is gone: nothing is restored. */
  lose(): void;
  /** Not while it is given back: it is the shell's. */
  write(text: string): void;
  /** Resolves when everything is written. */
  drained(): Promise<void>;
}

/** `gone`: as in `terminalWriter`. */
function terminalAt(fd: number, gone: () => void): Terminal {
  const writer = terminalWriter(fd, gone);
  let isIn = false;
  function take(): void {
    const isAgain = isIn;
    isIn = true;
    setRaw(true);
    writer.write(isAgain ? modes : enter);
  }
  return {
    take,
    giveBack() {
      if (!isIn) return;
      isIn = false;
      writer.end();
      writeNow(fd, leaving);
      // Another job has set the modes that it needs.
      if (!isBehind()) setRaw(false);
    },
    takeBack() {
      // Another program may have changed the terminal's modes.
      setRaw(false);
      writer.forget();
      take();
      // A stopped process gets no SIGWINCH: this makes Node read the size.
      process.emit('SIGWINCH');
    },
    lose() {
      isIn = false;
    },
    write(text) {
      if (isIn) writer.write(text);
    },
    drained: writer.drained,
  };
}

type SignalListeners = Readonly<Partial<Record<NodeJS.Signals, () => void>>>;

/** Listens to signals, keys, and changes of the size; returns what ends that. */
function listenTo(
  signals: SignalListeners,
  events: Pick<ScreenEvents, 'input' | 'resized'>,
  hangUp: () => void,
): () => void {
  const { stdin, stdout } = process;
  const input = (text: string) => events.input(text);
  const resized = () => events.resized();
  // Before other handlers, which know nothing of a lost terminal.
  for (const [name, listener] of Object.entries(signals)) {
    process.prependListener(name as NodeJS.Signals, listener);
  }
  stdin.setEncoding('utf8');
  stdin.on('data', input).on('end', hangUp).on('error', hangUp);
  stdout.on('resize', resized).on('error', hangUp);
  return () => {
    for (const [name, listener] of Object.entries(signals)) process.off(name, listener);
    stdin.off('data', input).off('end', hangUp).off('error', hangUp);
    stdout.off('resize', resized).off('error', hangUp);
  };
}

function setRaw(isRaw: boolean): void {
  try {
    process.stdin.setRawMode(isRaw);
  } catch {
    // The terminal is lost.
  }
}
