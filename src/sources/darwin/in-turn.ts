import { isNetstatError, type NetstatError } from '../../errors.ts';
import type { WarnedTable, Warning } from '../../model/report/snapshot.ts';
import { aboutTables } from '../about-tables.ts';
import type { Batches, WarningSink } from '../source.ts';

/** The rows of one command. */
export interface Table<Row> {
  /** The command, for warnings. */
  readonly source: string;
  /** What all of its rows have; left out: nothing in particular. */
  readonly about?: WarnedTable;
  /** Runs it, once a batch is asked for. */
  rows(sink: WarningSink): AsyncGenerator<readonly Row[], void>;
}

/** A table whose first batch has been asked for. */
interface Begun<Row> {
  readonly source: string;
  readonly sink: WarningSink;
  readonly first: Promise<IteratorResult<readonly Row[], void>>;
  readonly rest: AsyncGenerator<readonly Row[], void>;
  /** Its warnings so far, for `sink` once it is its turn. */
  readonly told: readonly Warning[];
}

/**
 * Runs the commands of all tables at once, and yields their rows in the given order, the first when each command has
 * begun to answer or has failed. If one of several fails or cannot be parsed, there is a warning.
 * @throws NetstatError if all of them fail
 */
export async function* inTurn<Row>(
  tables: readonly Table<Row>[],
  warnings: WarningSink,
): Batches<Row> {
  const begun = tables.map((table) => begin(table, warnings));
  const failures: (() => void)[] = [];
  try {
    await Promise.allSettled(begun.map(({ first }) => first));
    let firstFailure: NetstatError | null = null;
    for (const { source, sink, first, rest, told } of begun) {
      try {
        for (let next = await first; !next.done; next = await rest.next()) yield next.value;
      } catch (error) {
        if (!isNetstatError(error)) throw error;
        firstFailure ??= error;
        const failure = { code: 'unreadable', message: error.message, source } as const;
        failures.push(() => sink.warn(failure));
      }
      for (const warning of told) sink.warn(warning);
    }
    if (firstFailure !== null && failures.length === begun.length) throw firstFailure;
    for (const warn of failures) warn();
  } finally {
    for (const { rest } of begun) await rest.return();
  }
}

function begin<Row>({ source, about, rows }: Table<Row>, warnings: WarningSink): Begun<Row> {
  const told: Warning[] = [];
  const rest = rows({ warn: (warning) => void told.push(warning) });
  const first = rest.next();
  // Its turn may not come.
  first.catch(() => {});
  const sink = about === undefined ? warnings : aboutTables(warnings, about);
  return { source, sink, first, rest, told };
}
