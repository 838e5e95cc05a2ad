/** The process edge: the only place that uses arguments, streams, signals and exit code; `process/` is its parts. */

import { run } from './commands/run.ts';
import { exitCode } from './errors.ts';
import { inStage } from './flow/stages.ts';
import { steadyNow } from './flow/steady-clock.ts';
import type { Host, Output } from './host.ts';
import type { Debugging } from './process/debug.ts';
import { faultText } from './process/fault-text.ts';
import { readOwn } from './process/own-file.ts';
import { processSignals } from './process/signals.ts';
import {
  canBeTerminal,
  nonBlockingOutput,
  OutputClosed,
  OutputFailed,
  standardOutput,
  writeError,
} from './process/standard-streams.ts';
import { leavesCodeCache } from './start/leaving.ts';
import { version } from './version.ts';

const args = process.argv.slice(2);

/**
 * `--debug`, which may be shortened like every long option. Read here so that a fault in reading options is shown
 * too.
 */
function asksForDebug(): boolean {
  if (process.env.TSNETSTAT_DEBUG === '1') return true;
  const ended = args.indexOf('--');
  const flags = ended < 0 ? args : args.slice(0, ended);
  return flags.some((word) => word.startsWith('--de') && '--debug'.startsWith(word));
}

const isDebugging = asksForDebug();

/** Set with `--debug`, once loaded. */
let debug: Debugging | undefined;

/** Set by `Host.codeIfClosed`. */
let closedCode: number = exitCode.done;

/** Restores the terminal, if a screen is open. */
let leaveScreen: () => void = () => undefined;

const signals = processSignals({ tidyUp, end });
const standard = standardOutput(signals.whileBlocking);

/** Runs the clean-ups and restores the terminal. */
function tidyUp(): void {
  signals.cleanUp();
  leaveScreen();
}

/** Ends the process. All output is written by now, and exiting at once spares Node its teardown. */
function end(code: number): never {
  tidyUp();
  if (debug !== undefined) writeError(debug.report());
  process.exit(code);
}

/** Ends the program on any error, wherever it was thrown. */
function fail(error: unknown): never {
  // Text written to the screen would vanish with it.
  leaveScreen();
  if (error instanceof OutputClosed) end(closedCode);
  const text = error instanceof OutputFailed ? error.message : faultText(error, isDebugging);
  writeError(`tsnetstat: ${text}\n`);
  debug?.failed(error);
  end(exitCode.trouble);
}

/** From the second round on a signal is the normal way to end, which a blocking write would delay. */
function beginRounds(): void {
  standard.beginRounds();
  signals.beginRounds();
}

/** Where nothing tells, or it cannot be loaded, the next write does. */
function endWithReader(): void {
  import('./process/reader-watch.ts').then(
    ({ watchReader }) => watchReader(() => end(closedCode)),
    () => {},
  );
}

function output(fd: 1 | 2, writing: Pick<Output, 'write' | 'drained' | 'endWithReader'>): Output {
  const stream = () => (fd === 1 ? process.stdout : process.stderr);
  // Creating Node's streams takes as long as the rest of the start.
  const isTerminal = () => canBeTerminal(fd) && stream().isTTY === true;
  return {
    ...writing,
    get isTerminal() {
      return isTerminal();
    },
    get columns() {
      return isTerminal() ? stream().columns || null : null;
    },
  };
}

const host: Host = {
  platform: process.platform,
  env: process.env,
  version,
  stdout: output(1, {
    write: (text) => {
      const before = debug?.enter('write');
      standard.write(text);
      if (before !== undefined) debug?.enter(before);
    },
    drained: () => inStage(debug, 'write', standard.drained),
    endWithReader,
  }),
  stderr: output(2, { write: writeError }),
  page: async (text, [program = '', ...options]) => {
    const { spawnSync } = await import('node:child_process');
    const { isRoot } = await import('./trust/root-alone.ts');
    const { systemPath } = await import('./trust/system-path.ts');
    // Root runs no pager from a folder that another user controls.
    const path = isRoot() && { PATH: systemPath(process.env.PATH) };
    // Without -R less prints colour codes as text; -F exits at once if the text fits the screen.
    const env = { LESS: 'FRX', ...process.env, ...path };
    const stdio: ['pipe', 'inherit', 'inherit'] = ['pipe', 'inherit', 'inherit'];
    const { error } = spawnSync(program, options, { input: text, stdio, env });
    const { code = null } = (error ?? {}) as NodeJS.ErrnoException;
    // EPIPE: the pager was closed before the end, which is no error.
    return code === 'EPIPE' ? null : code;
  },
  readOwn,
  codeIfClosed: (code) => {
    closedCode = code;
  },
  sleep: (milliseconds) =>
    inStage(debug, 'wait', () => {
      beginRounds();
      return new Promise((resolve) => setTimeout(resolve, milliseconds));
    }),
  beforeSignal: signals.beforeSignal,
  ended: () => {
    beginRounds();
    return signals.ended();
  },
  openScreen: async (events) => {
    const { openScreen } = await import('./process/screen.ts');
    const isTerminal = canBeTerminal(0) && process.stdin.isTTY && host.stdout.isTerminal;
    if (!isTerminal) return null;
    const edge = { fd: nonBlockingOutput().fd, end, die: signals.die };
    const { screen, leave } = openScreen(events, edge);
    leaveScreen = leave;
    return screen;
  },
  descriptorRoom: async () => {
    const { descriptorRoom } = await import('./process/descriptor-room.ts');
    return descriptorRoom();
  },
  elapsed: steadyNow,
  onManyRows: (rows) => {
    import('./process/young-generation.ts').then(
      ({ boundYoungGeneration }) => boundYoungGeneration(rows),
      // It may not be loadable, with no descriptor left; then memory is not bounded.
      () => {},
    );
  },
  ownsThread: true,
  compilesForOthers: leavesCodeCache in globalThis,
  get debug() {
    return debug;
  },
};

process.on('uncaughtException', fail);
// The event loop is empty, but `run` has not resolved: it never will.
process.on('beforeExit', () => fail(new Error('ended before its work was done')));

async function runDebugging(): Promise<number> {
  const { debugging } = await import('./process/debug.ts');
  debug = debugging(() => performance.now());
  debug.enter('other');
  return run(args, host);
}

(isDebugging ? runDebugging() : run(args, host)).then(end, fail);
