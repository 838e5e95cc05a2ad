import { isNetstatError } from '../errors.ts';
import { noNames } from '../model/names.ts';
import type { InNetns } from '../model/netns.ts';
import type { Row } from '../model/snapshot.ts';
import type { Batches } from '../sources/source.ts';
import type { OpenRound, Pipeline } from './pipeline.ts';

/** A network namespace that somebody named, for whoever looks into it again and again until nothing is left in it. */
interface LastingPlace<Way> {
  /** To be shown rows of it: they tell which one it is. */
  see(rows: readonly InNetns[]): void;
  /** What `read` gives by a way into it; null: rows of it were seen, and it is no more. */
  look<T>(read: (way: Way) => Promise<T>): Promise<T | null>;
}

/**
 * `named`: the way into it by its name, which may go before what it is of: as long as processes live in that, it is
 * there by its number.
 */
export function lastingPlace<Way>(
  named: Way,
  byNumber: (number: number) => Way | Promise<Way>,
): LastingPlace<Way> {
  let way = named;
  let number: number | null = null;
  return {
    see(rows) {
      number ??= rows[0]?.netns?.inode ?? null;
    },
    async look(read) {
      try {
        return await read(way);
      } catch (error) {
        if (number === null || !isNetstatError(error)) throw error;
        try {
          // It may have gone just as it was entered; if it has, nothing goes by its name now.
          return await read(way);
        } catch (again) {
          if (!isNoNamespace(again)) throw error;
          if (way !== named) return null;
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

/** Nothing is called so. */
function isNoNamespace(error: unknown): boolean {
  return isNetstatError(error) && error.code === 'usage' && error.path === 'netns';
}

/** A pipeline for a namespace that may go between two looks: there is nothing in it then. */
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
