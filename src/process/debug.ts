import { isNetstatError } from '../errors.ts';
import type { Debug } from '../host.ts';
import { sanitize } from '../text/sanitize.ts';
import { framesOf } from './fault-text.ts';

/** What `cli.ts` uses with `--debug`: the interface for the program, and the report at the end. */
export interface Debugging extends Debug {
  /** Returns the error that ended the run and the time of each stage, as lines. */
  report(): string;
}

/** The first stage of every run: Node's own start and loading the program. */
const firstStage = 'start';

/**
 * Starts measuring. `now` returns milliseconds since the process began, so that the first stage includes the time until
 * here.
 */
export function debugging(now: () => number): Debugging {
  const spent = new Map<string, number>();
  let stage = firstStage;
  let since = 0;
  let failure: readonly string[] = [];

  function enter(next: string): string {
    const before = stage;
    const time = now();
    spent.set(before, (spent.get(before) ?? 0) + time - since);
    since = time;
    stage = next;
    return before;
  }

  async function* timed<T>(name: string, items: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      for (;;) {
        const before = enter(name);
        let next: IteratorResult<T>;
        try {
          next = await iterator.next();
        } finally {
          enter(before);
        }
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  return {
    enter,
    timed,
    failed: (error) => {
      failure = errorLines(error);
    },
    report() {
      enter(stage);
      const times = [...spent, ['total', since] as const];
      const lines = times.map(([name, time]) => `${time.toFixed(1).padStart(9)} ms  ${name}`);
      return [...failure, ...lines.map((line) => `tsnetstat: debug: ${line}`)]
        .map((line) => `${line}\n`)
        .join('');
    },
  };
}

/** The most nested causes that are shown. */
const mostCauses = 10;

/**
 * Returns what is known of an error beyond its message: where it was thrown, and the same of its causes. The stack of
 * an internal error has been printed already, so only its causes are returned.
 */
function errorLines(error: unknown): readonly string[] {
  const lines: string[] = [];
  if (isNetstatError(error)) {
    lines.push(`tsnetstat: debug: ${error.code} error${detailsOf(error)}`, ...framesOf(error));
  }
  let cause = causeOf(error);
  for (let depth = 0; cause !== undefined && depth < mostCauses; depth++) {
    const what = sanitize(textOf(cause));
    lines.push(`tsnetstat: debug: caused by ${what}${detailsOf(cause)}`, ...framesOf(cause));
    cause = causeOf(cause);
  }
  return lines;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** An object may have no text, or `toString` may throw. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

/** Returns what Node and this program added to an error: `, syscall open, path /proc/net/tcp`. */
function detailsOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const known = error as unknown as Readonly<Record<string, unknown>>;
  return ['code', 'errno', 'syscall', 'path', 'dest']
    .filter((name) => !(name === 'code' && isNetstatError(error)))
    .filter((name) => typeof known[name] === 'string' || typeof known[name] === 'number')
    .map((name) => `, ${name} ${sanitize(String(known[name]))}`)
    .join('');
}
