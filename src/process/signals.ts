/** What signals do: they end the program at once, in order after its clean-ups, or are an event for one caller. */

import { exitCode } from '../errors.ts';
import { deadlySignals } from './deadly-signals.ts';

/** The signals of this process. */
export interface Signals {
  /**
   * From now on SIGINT and SIGTERM end the program with an exit code: it is not killed by them, which the first process
   * of a container would not even be.
   */
  beginRounds(): void;
  /** A write may block meanwhile: signals kill the program at once, if nothing has to be cleaned up. */
  whileBlocking(isBlocking: boolean): void;
  /** As `Host.beforeSignal`. */
  beforeSignal(cleanUp: () => void): () => void;
  /** As `Host.ended`. */
  ended(): Promise<number>;
  /** Runs the clean-ups, each once. */
  cleanUp(): void;
  /** Tidies up, then dies of the signal itself: SIGQUIT asks for a core dump. */
  die(signal: NodeJS.Signals): never;
}

/** What signals need of the process's edge. */
export interface SignalsEdge {
  /** Does all that must be done before the process ends. */
  tidyUp(): void;
  /** Ends the process, after `tidyUp`. */
  end(code: number): never;
}

/** Catches what has to be caught from the start. */
export function processSignals(edge: SignalsEdge): Signals {
  /** To be run before the process ends. */
  const cleanUps = new Set<() => void>();
  /** Takes the first signal, instead of the program ending. null: the program ends. */
  let onSignal: ((code: number) => void) | null = null;
  let isInRounds = false;
  let isBlocking = false;

  function signalled(code: number): void {
    const react = onSignal ?? edge.end;
    onSignal = null;
    react(code);
  }

  const interrupted = () => signalled(exitCode.interrupted);
  const terminated = () => signalled(exitCode.terminated);
  /** Ends it in any case: a caller that takes the first signal has no terminal left to write to. */
  const hungUp = () => edge.end(exitCode.hungUp);

  function die(signal: NodeJS.Signals): never {
    edge.tidyUp();
    dieOf(signal);
  }

  /** Catches what has to be caught now: all signals if something must be cleaned up, in rounds those that end them. */
  function catchNow(): void {
    const tidies = cleanUps.size > 0;
    const catches = tidies || (isInRounds && !isBlocking);
    listen('SIGINT', interrupted, catches);
    listen('SIGTERM', terminated, catches);
    listen('SIGHUP', hungUp, tidies);
    // By default Node would open a debugger, on a port where every user of the machine can run code as this user.
    for (const signal of deadlySignals) listen(signal, die, tidies || signal === 'SIGUSR1');
  }

  function beginRounds(): void {
    if (isInRounds) return;
    isInRounds = true;
    catchNow();
    void endIfDebugged(die);
  }

  catchNow();
  return {
    beginRounds,
    whileBlocking(isNow) {
      isBlocking = isNow;
      catchNow();
    },
    beforeSignal(cleanUp) {
      cleanUps.add(cleanUp);
      catchNow();
      return () => {
        cleanUps.delete(cleanUp);
        catchNow();
      };
    },
    ended: () =>
      new Promise((resolve) => {
        onSignal = resolve;
      }),
    cleanUp() {
      for (const cleanUp of cleanUps) {
        // Run once only, even if it throws.
        cleanUps.delete(cleanUp);
        cleanUp();
      }
    },
    die,
  };
}

/** Ends the process by a signal, as if nobody listened to it. */
function dieOf(signal: NodeJS.Signals): never {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // In case another thread was to take the signal.
  process.exit(signal === 'SIGHUP' ? exitCode.hungUp : exitCode.quit);
}

/**
 * Listens to a signal once, or not at all. A listener that stays is left alone: a signal that has come meanwhile would be
 * lost with it.
 */
function listen(signal: NodeJS.Signals, listener: NodeJS.SignalsListener, isOn: boolean): void {
  if (process.listeners(signal).includes(listener) === isOn) return;
  process[isOn ? 'on' : 'off'](signal, listener);
}

/**
 * A SIGUSR1 that comes before it is listened to opens Node's debugger: then the program ends as by a later one, unless its
 * user has asked for the debugger.
 */
async function endIfDebugged(die: (signal: NodeJS.Signals) => never): Promise<void> {
  if (!deadlySignals.includes('SIGUSR1')) return;
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (options.some((option) => option.includes('--inspect'))) return;
  const inspector = await import('node:inspector').catch(() => null);
  // Some builds of Node have no debugger.
  if (inspector === null) return;
  const { setTimeout: wait } = await import('node:timers/promises');
  // The debugger opens a little after the signal.
  for (const pause of [0, 1000]) {
    await wait(pause, undefined, { ref: false });
    if (inspector.url() !== undefined) die('SIGUSR1');
  }
}
