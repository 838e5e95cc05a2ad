import { isNetstatError } from '../../errors.ts';
import { lazily } from '../../flow/lazily.ts';
import { eitherSignal, linkedSignal } from '../../flow/linked-signal.ts';
import { type Turn, turns } from '../../flow/turns.ts';
import type { ReportKind, ReportRows } from '../../model/report/snapshot.ts';
import type { MachinesAsked } from '../../model/request/listing.ts';
import { noUnixPeersElsewhere } from '../../model/socket/peer.ts';
import { type FailedMachine, failureOf, failureWarning } from '../failed-machines.ts';
import { readingOf } from '../reading.ts';
import type {
  Batches,
  Machine,
  PlatformHost,
  Reading,
  Source,
  SourceQuery,
  WarningSink,
} from '../source.ts';
import { ofMachine } from './of-machine.ts';

/** Creates the source of one machine; `signal` stops it. */
export type Ask = (name: string, signal: AbortSignal) => Source;

/** How many answers may wait for earlier machines, per machine that is asked concurrently. */
const waitingForEach = 4;

/**
 * Several machines as one source. They are asked concurrently, and their rows come machine by machine in the given
 * order. One that fails causes a warning `host-failed`. If all fail, that is an error; with `strict` also if any fails,
 * after the rows of the others.
 *
 * Each machine's rows are of its own moment: machines are not read at the same millisecond.
 */
export function machinesSource(
  { names, atOnce, strict }: MachinesAsked,
  ask: Ask,
  { signal, onAnswer }: Pick<PlatformHost, 'signal' | 'onAnswer'>,
): Source {
  const turn = turns(atOnce);
  const sourceOf = (name: string, until: AbortSignal) =>
    inTurns(ofMachine(name, ask(name, until)), turn);
  const machines = names.map(
    (name): Machine => ({
      name,
      // Whoever has a signal of its own, as following has, may be ended from outside too.
      open: (own) => sourceOf(name, eitherSignal(own, signal)),
    }),
  );
  // What sources support is known without asking the machines.
  const known = names.map((name) => sourceOf(name, new AbortController().signal));
  const opened = sourcesForRounds(machines, signal);

  async function* rows<K extends ReportKind>(
    query: SourceQuery<K>,
    warnings: WarningSink,
    begin: () => void,
  ): Batches<ReportRows[K]> {
    const { sources, stop } = opened();
    const answers = askAll(sources, {
      ahead: atOnce * waitingForEach,
      onAnswer,
      read: (source) => source.read(query, warnings),
    });
    let isWhole = false;
    const failed: FailedMachine[] = [];
    try {
      for (const [at, { name }] of machines.entries()) {
        try {
          const { batches } = await answers.next(at);
          begin();
          yield* batches;
        } catch (error) {
          if (!isNetstatError(error)) throw error;
          const failure = { host: name, error };
          failed.push(failure);
          if (machines.length > 1) warnings.warn(failureWarning(failure));
        }
      }
      isWhole = true;
    } finally {
      // The caller left early: stop the others.
      if (!isWhole) stop();
    }
    const failure = failureOf(failed, { count: names.length, strict, isTold: true });
    if (failure !== null) throw failure;
  }

  return {
    platform: 'linux',
    protocols: [...new Set(known.flatMap(({ protocols }) => protocols))],
    facts: [...new Set(known.flatMap(({ facts }) => facts))],
    reports: [...new Set(known.flatMap(({ reports }) => reports))],
    machines: { all: machines, atOnce, strict, onAnswer, signal },
    read: (query, warnings) => readingOf((begin) => rows(query, warnings, begin)),
    unixPeers(warnings) {
      const source = '/proc/net/unix';
      warnings.warn({ code: 'incomplete', message: noUnixPeersElsewhere, source });
      return Promise.resolve(null);
    },
  };
}

/** Sources of machines. */
interface Opened {
  readonly sources: readonly Source[];
  /** Stops them; whoever reads next gets others. */
  stop(): void;
}

/** Returns the same sources for each round until they are stopped: a machine may reuse its connection. */
function sourcesForRounds(
  machines: readonly Machine[],
  signal: AbortSignal | undefined,
): () => Opened {
  let kept: Opened | null = null;
  return () => {
    if (kept === null) {
      const stopping = linkedSignal(signal);
      kept = {
        sources: machines.map(({ open }) => open(stopping.signal)),
        stop() {
          stopping.end();
          kept = null;
        },
      };
    }
    return kept;
  };
}

/**
 * A source that waits for a turn before it asks its machine: whoever reads them, no more are asked at once. Reading the
 * rows of the answer needs none.
 */
function inTurns(source: Source, turn: Turn): Source {
  const { systemFacts, withOwners } = source;
  return {
    ...source,
    read<K extends ReportKind>(query: SourceQuery<K>, warnings: WarningSink) {
      const reading = source.read(query, warnings);
      const begin = lazily(() => turn(reading.begun));
      async function* batches(): Batches<ReportRows[K]> {
        await begin();
        yield* reading.batches;
      }
      return { begun: begin, batches: batches() };
    },
    ...(systemFacts && {
      systemFacts: (facts, warnings) => turn(() => systemFacts(facts, warnings)),
    }),
    ...(withOwners && {
      withOwners: (sockets, query, warnings) => turn(() => withOwners(sockets, query, warnings)),
    }),
  };
}

interface Asking<T> {
  /** How far ahead of the machine whose rows are being taken others are asked. */
  readonly ahead: number;
  readonly onAnswer?: PlatformHost['onAnswer'];
  read(source: Source): Reading<T>;
}

/** Asks machines concurrently; `next` returns the answer of a machine by its index, and must be called in order. */
function askAll<T>(sources: readonly Source[], { ahead, onAnswer, read }: Asking<T>) {
  const answers = sources.map(() => deferred<Reading<T>>());
  let begun = 0;
  let taken = 0;
  let answered = 0;

  function fill(): void {
    while (begun < sources.length && begun < taken + ahead) start(begun++);
  }

  function start(at: number): void {
    const { resolve, reject } = answers[at] as Deferred<Reading<T>>;
    begin(read, sources[at] as Source)
      .then(resolve, reject)
      .finally(() => {
        answered++;
        onAnswer?.(answered, sources.length);
      });
  }

  return {
    next(at: number): Promise<Reading<T>> {
      taken = at + 1;
      fill();
      const { promise } = answers[at] as Deferred<Reading<T>>;
      // Released, so that an answer's memory is freed with its rows.
      answers[at] = deferred();
      return promise;
    },
  };
}

async function begin<T>(read: (source: Source) => Reading<T>, source: Source): Promise<Reading<T>> {
  const reading = read(source);
  await reading.begun();
  return reading;
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => {};
  let reject: Deferred<T>['reject'] = () => {};
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  // Prevents an unhandled rejection if no code takes this answer.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
