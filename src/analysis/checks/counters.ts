import type { Counter } from '../../model/counter.ts';

interface Counted {
  readonly counters: readonly Counter[];
}

/** A counter's value now; null: this kernel has none of that name. */
export function counted({ counters }: Counted, group: string, name: string): number | null {
  for (const counter of counters) {
    if (counter.name === name && counter.group === group) return Number(counter.value);
  }
  return null;
}

/** By how much a counter grew between the two looks; null: not known. */
export function grown(
  evidence: Counted & { readonly before: Counted | null },
  group: string,
  name: string,
): number | null {
  if (evidence.before === null) return null;
  const now = counted(evidence, group, name);
  const then = counted(evidence.before, group, name);
  // What counts back was made anew.
  return now === null || then === null || now < then ? null : now - then;
}
