import type { Counter } from '../../model/machine/counter.ts';

interface Counted {
  readonly counters: readonly Counter[];
}

/** A counter's current value; null: this kernel does not have it. */
export function counterValue({ counters }: Counted, group: string, name: string): number | null {
  for (const counter of counters) {
    if (counter.name === name && counter.group === group) return Number(counter.value);
  }
  return null;
}

/** How much a counter grew between the two looks; null: not known. */
export function grown(
  evidence: Counted & { readonly before: Counted | null },
  group: string,
  name: string,
): number | null {
  if (evidence.before === null) return null;
  const now = counterValue(evidence, group, name);
  const then = counterValue(evidence.before, group, name);
  // A counter that went back was reset.
  return now === null || then === null || now < then ? null : now - then;
}
