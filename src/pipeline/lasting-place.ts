import { isNetstatError } from '../errors.ts';
import type { InNetns } from '../model/machine/netns.ts';
import { noNames } from '../model/report/names.ts';
import type { Row } from '../model/report/snapshot.ts';
import type { Batches } from '../sources/source.ts';
import type { OpenRound, Pipeline } from './pipeline.ts';

/** A named network namespace that is read repeatedly, also while it has no name or none has that name. */
interface LastingPlace<Way> {
  /** Call with its rows, which contain its number. */
  see(rows: readonly InNetns[]): void;
  /** The result of reading it; null: its rows were seen before, but it no longer exists. */
  look<T>(read: (way: Way) => Promise<T>): Promise<T | null>;
}

/**
 * `named`: access by its name, which may be removed before the namespace itself: as long as processes live in it,
 * it can be reached by its number.
 */
export function lastingPlace<Way>(
  named: Way,
  byNumber: (number: number) => Way | Promise<Way>,
): LastingPlace<Way> {
  let way = named;
  let number: number | null = null;
  return {
    see(rows) {
      number = rows[0]?.netns?.inode ?? number;
    },
    async look(read) {
      try {
        return await read(way);
      } catch (error) {
        if (number === null || !isNetstatError(error)) throw error;
        try {
          // It may have been removed just as it was entered; in that case the name is no longer valid now.
          return await read(way);
        } catch (again) {
          if (!isNoNamespace(again)) throw error;
          if (way !== named) {
            // Another one may get that name.
            way = named;
            return null;
          }
        }
        try {
          const other = await byNumber(number);
          const answer = await read(other);
          way = other;
          return answer;
        } catch (last) {
          if (isNoNamespace(last)) return null;
          throw last;
        }
      }
    },
  };
}

/** Whether the error says that there is no namespace of that name. */
export function isNoNamespace(error: unknown): boolean {
  return isNetstatError(error) && error.about === 'netns';
}

/** A pipeline for a namespace that may disappear between two looks; its answer is then empty. */
export function inLastingPlace(
  named: Pipeline,
  byNumber: (number: number) => Promise<Pipeline>,
): Pipeline {
  const place = lastingPlace(named, byNumber);
  async function* seeing(batches: Batches<Row>): Batches<Row> {
    for await (const batch of batches) {
      place.see(batch);
      yield batch;
    }
  }
  return {
    ...named,
    read(warnings) {
      async function* rows(): Batches<Row> {
        const reading = await place.look(async (pipeline) => {
          const begun = pipeline.read(warnings);
          await begun.begun();
          return begun;
        });
        if (reading !== null) yield* seeing(reading.batches);
      }
      return { begun: async () => {}, batches: rows() };
    },
    async open(warnings) {
      const round = await place.look((pipeline) => pipeline.open(warnings));
      return round === null ? nothing() : { ...round, batches: seeing(round.batches) };
    },
  };
}

function nothing(): OpenRound {
  async function* none(): Batches<Row> {}
  return { names: noNames, batches: none(), kept: [], leftOut: () => 0 };
}
