/** The process edge of a full screen: the terminal's modes, its signals, and how it is given back. */

import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { deadlySignals } from './deadly-signals.ts';
import { exitCode } from './errors.ts';
import type { Screen, ScreenEvents } from './host.ts';

/** What a screen needs of the edge beside it. */
export interface ScreenEdge {
  /** A descriptor of the terminal; a write to it need not wait. */
  readonly fd: number;
  /** Ends the process, which calls `leave` first. */
  end(code: number): never;
  /** The same by a signal itself: SIGQUIT leaves an image of the process where such are wanted. */
  die(signal: NodeJS.Signals): never;
}

/**
 * The alternate buffer, no cursor, no wrapping at the right edge, the wheel and clicks (in SGR's form), and
 * pasted text between marks: xterm's private modes, which other terminals share or pass over.
 */
const modes = '\x1b[?25l\x1b[?7l\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[0m\x1b[2J';
/** Not twice: the second one would take the place of the cursor that is to be put back. */
const enter = `\x1b[?1049h${modes}`;
/** CAN ends a sequence that was cut short. The rest undoes `enter`, in turn. */
const leaving =
  '\x18\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[?25h\x1b[?1049l';

/** How long a terminal that has no room is left alone, in milliseconds: nothing tells when it has some. */
const retryDelay = 10;
/** So often it is tried to give the terminal back: one that is held up (Ctrl-S) must not keep the program. */
const mostRetries = 200;

/**
 * Takes the terminal. `leave` gives it back, however often it is called; signals that end the process, and a
 * terminal that goes away, end it through `edge`, with the shell's exit codes.
 */
export function openScreen(
  events: ScreenEvents,
  { fd, end, die }: ScreenEdge,
): { readonly screen: Screen; leave(): void } {
  const { stdin, stdout } = process;
  const writer = writerTo(fd, hangUp);
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
    setRaw(false);
  }

  /**
   * Where the terminal has gone, Node would abort as it puts back the terminal's modes at its end: then SIGHUP
   * ends the process by itself, which a shell tells by the same code.
   */
  function hangUp(): void {
    if (!isatty(0) && process.platform !== 'win32') {
      isIn = false;
      die('SIGHUP');
    }
    end(exitCode.hungUp);
  }

  const signals = {
    SIGINT: () => end(exitCode.interrupted),
    SIGTERM: () => end(exitCode.terminated),
    SIGHUP: hangUp,
    ...Object.fromEntries(deadlySignals.map((signal) => [signal, () => die(signal)])),
    ...(process.platform !== 'win32' && {
      SIGTSTP: suspend,
      SIGCONT: goOn,
    }),
  } as const;

  function suspend(): void {
    giveBack();
    process.off('SIGTSTP', suspend);
    // All of the job, as the terminal does it. Where nobody could make it go on, it is not stopped.
    process.kill(0, 'SIGTSTP');
    setTimeout(goOn, 0);
  }

  /** After whatever stopped the process, SIGSTOP too, which nothing tells of. */
  function goOn(): void {
    process.off('SIGTSTP', suspend);
    process.on('SIGTSTP', suspend);
    // Somebody else may have set the terminal's modes meanwhile.
    setRaw(false);
    writer.forget();
    take();
    // Who is stopped hears of no new size: Node is to ask for it.
    process.emit('SIGWINCH');
    events.resumed();
  }

  const input = (text: string) => events.input(text);
  const resized = () => events.resized();
  for (const [name, handler] of Object.entries(signals)) process.on(name, handler);
  process.on('exit', giveBack);
  stdin.setEncoding('utf8');
  stdin.on('data', input).on('end', hangUp).on('error', hangUp);
  stdout.on('resize', resized).on('error', hangUp);
  take();
  stdin.resume();

  const screen: Screen = {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    write: writer.write,
    drained: writer.drained,
    ...(process.platform !== 'win32' && { suspend }),
    close() {
      giveBack();
      for (const [name, handler] of Object.entries(signals)) process.off(name, handler);
      stdin.off('data', input).off('end', hangUp).off('error', hangUp);
      stdout.off('resize', resized).off('error', hangUp);
      stdin.pause();
    },
  };
  return { screen, leave: giveBack };
}

function setRaw(isRaw: boolean): void {
  try {
    process.stdin.setRawMode(isRaw);
  } catch {
    // The terminal has gone.
  }
}

/** What is written to a terminal as it has room. */
interface Writer {
  write(text: string): void;
  /** All of it is written. */
  drained(): Promise<void>;
  /** What is not written yet is not wanted any more. */
  forget(): void;
  /** The same, and nothing is waited for. */
  end(): void;
}

/** `gone`: the terminal is not there any more. */
function writerTo(fd: number, gone: () => void): Writer {
  let unsent: Uint8Array = new Uint8Array(0);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting: (() => void)[] = [];

  /** Sends what there is room for. */
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
    const told = waiting;
    waiting = [];
    for (const tell of told) tell();
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

/** Without the event loop, which may be over. */
function writeNow(fd: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  for (let tries = 0; rest.length > 0 && tries < mostRetries; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      tries++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryDelay);
    }
  }
}
