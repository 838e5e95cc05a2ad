import { isNetstatError, type NetstatError } from '../../errors.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import type { Batches, WarningSink } from '../source.ts';

/** The rows of one command. */
export interface Table<Row> {
  /** The command, for warnings. */
  readonly source: string;
  /** Runs it, once a batch is asked for. */
  rows(sink: WarningSink): AsyncGenerator<readonly Row[], void>;
}

/** A table whose first batch has been asked for. */
interface Begun<Row> {
  readonly source: string;
  readonly first: Promise<IteratorResult<readonly Row[], void>>;
  readonly rest: AsyncGenerator<readonly Row[], void>;
  readonly warnings: readonly Warning[];
}

/**
 * Runs the commands of all tables at once, and yields their rows in the given order, the first when each command has
 * begun to answer or has failed. If one of several fails or cannot be parsed, there is a warning.
 * @throws NetstatError if all of them fail
 */
export async function* inTurn<Row>(tables: readonly Table<Row>[], sink: WarningSink): Batches<Row> {
  const begun = tables.map(begin);
  const failures: Warning[] = [];
  try {
    await Promise.allSettled(begun.map(({ first }) => first));
    let firstFailure: NetstatError | null = null;
    for (const { source, first, rest, warnings } of begun) {
      try {
        for (let next = await first; !next.done; next = await rest.next()) yield next.value;
      } catch (error) {
        if (!isNetstatError(error)) throw error;
        firstFailure ??= error;
        failures.push({ code: 'unreadable', message: error.message, source });
      }
      for (const warning of warnings) sink.warn(warning);
    }
    if (firstFailure !== null && failures.length === begun.length) throw firstFailure;
    for (const failure of failures) sink.warn(failure);
  } finally {
    for (const { rest } of begun) await rest.return();
  }
}

function begin<Row>({ source, rows }: Table<Row>): Begun<Row> {
  const warnings: Warning[] = [];
  const rest = rows({ warn: (warning) => void warnings.push(warning) });
  const first = rest.next();
  // Its turn may not come.
  first.catch(() => {});
  return { source, first, rest, warnings };
}
