import type { Counter } from '../model/machine/counter.ts';
import { placeKey } from '../model/machine/place.ts';
import type { Round } from '../model/report/round.ts';

const valuesOf = new WeakMap<Round, ReadonlyMap<string, bigint>>();

function valuesIn(round: Round): ReadonlyMap<string, bigint> {
  let values = valuesOf.get(round);
  if (values === undefined) {
    const counters = round.rows as readonly Counter[];
    values = new Map(counters.map((counter) => [keyOf(counter), counter.value]));
    valuesOf.set(round, values);
  }
  return values;
}

function keyOf(counter: Counter): string {
  return `${placeKey(counter)} ${counter.group} ${counter.name}`;
}

/**
 * Change per second since the previous round, to two decimals, or to two digits if it is less than one: 0 only if
 * nothing changed. null: there was none, the counter is a gauge, it is new or was reset, or its network namespace cannot
 * be identified across rounds.
 */
export function counterRate(counter: Counter, previous: Round | null): number | null {
  if (previous === null || counter.kind === 'gauge') return null;
  if (placeKey(counter) === null) return null;
  const before = valuesIn(previous).get(keyOf(counter));
  const { secondsAgo } = previous;
  if (before === undefined || before > counter.value || secondsAgo <= 0) return null;
  const rate = Number(counter.value - before) / secondsAgo;
  return rate < 1 ? Number(rate.toPrecision(2)) : Math.round(100 * rate) / 100;
}
