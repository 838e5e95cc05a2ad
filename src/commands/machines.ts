import type { Host, Output } from '../host.ts';
import type { Listing, MachinesAsked } from '../model/request/listing.ts';
import type { Task } from '../options/index.ts';
import { expandedMachines } from '../sources/index.ts';
import type { SourceFor } from '../sources/source.ts';

/** A task that reads something. */
type ReadingTask = Extract<Task, { readonly listing: Listing }>;

/** Whether a task runs until it is ended, and handles signals itself. */
const lasts: Readonly<Record<ReadingTask['kind'], boolean>> = {
  ...{ list: false, save: false, compare: false, diagnose: false, metrics: false },
  ...{ follow: true, live: true, serve: true },
};

/** The function that runs a task. */
type Work<T> = (task: T, host: Host, sourceFor: SourceFor) => Promise<number>;

/**
 * Runs a task on other machines (`--on`): expands and validates their names first, shows on a terminal how many
 * have answered, and ends every ssh process in any case.
 * @throws NetstatError `usage` for an invalid name; and as `work`
 */
export async function onMachines<T extends ReadingTask>(
  task: T,
  machines: MachinesAsked,
  host: Host,
  sourceFor: SourceFor,
  work: Work<T>,
): Promise<number> {
  const names = await expandedMachines(machines.names);
  const { listing } = task;
  const named: T = {
    ...task,
    listing: {
      ...listing,
      target: { ...listing.target, machines: { ...machines, names } },
      view: { ...listing.view, machineNames: listing.view.machineNames && names },
    },
  };
  const stop = new AbortController();
  // Each ssh has a session of its own, so whatever ends this process does not reach it.
  const isLasting = lasts[task.kind];
  const progress = isLasting || !host.stderr.isTerminal ? null : progressLine(host.stderr);
  const forget = host.beforeSignal(() => {
    progress?.end();
    stop.abort();
  });
  // Makes output non-blocking, as it is between rounds, so that signals are handled.
  if (!isLasting) await host.sleep(0);
  const shown = progress === null ? host : withProgress(host, progress);
  try {
    return await work(named, { ...shown, usersElsewhere: true }, (parts) =>
      sourceFor({
        ...parts,
        signal: stop.signal,
        onAnswer: (answered, all) => progress?.show(answered, all),
      }),
    );
  } finally {
    stop.abort();
    progress?.erase();
    forget();
    await host.stdout.drained?.();
  }
}

/** A progress line, shown until there is output. */
interface Progress {
  show(answered: number, all: number): void;
  erase(): void;
  /** Erases it for good, and the `^C` that the terminal may have put behind it. */
  end(): void;
}

function progressLine(stderr: Output): Progress {
  let shown = '';
  let isOver = false;
  const erase = (behind = 0) => {
    if (shown !== '') stderr.write(`\r${' '.repeat(shown.length + behind)}\r`);
    shown = '';
  };
  return {
    show(answered, all) {
      if (isOver) return;
      erase();
      // Without this it would reappear in every round.
      isOver = answered === all;
      if (isOver) return;
      shown = `tsnetstat: ${answered} of ${all} machines have answered …`;
      stderr.write(shown);
    },
    erase: () => erase(),
    end() {
      isOver = true;
      erase('^C'.length);
    },
  };
}

/** The same host; it erases the line before anything else is written. */
function withProgress(host: Host, { erase }: Progress): Host {
  const clearing = (output: Output): Output => ({
    write(text) {
      erase();
      output.write(text);
    },
    ...(output.drained && { drained: output.drained }),
    get isTerminal() {
      return output.isTerminal;
    },
    get columns() {
      return output.columns;
    },
  });
  return { ...host, stdout: clearing(host.stdout), stderr: clearing(host.stderr) };
}
