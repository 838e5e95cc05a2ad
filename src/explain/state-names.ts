/** A name without what people spell differently: case, `-`, `_` and blanks. */
function bare(name: string): string {
  return name.toUpperCase().replace(/[-_\s]/g, '');
}

/** Other names for states: other systems', RFC 9293's, ss's, and the kernel's numbers for raw sockets. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  LISTENING: ['LISTEN'],
  SYNRCVD: ['SYN_RECV'],
  SYNRECEIVED: ['SYN_RECV'],
  NEWSYNRECV: ['SYN_RECV'],
  ESTAB: ['ESTABLISHED'],
  CLOSED: ['CLOSE'],
  UNCONNECTED: ['UNCONN'],
  BOUNDINACTIVE: ['BOUND'],
  7: ['UNCONN'],
  1: ['ESTABLISHED'],
};

/** The states among `known` that `name` may mean, whatever its case and spelling. */
export function statesNamed(name: string, known: readonly string[]): ReadonlySet<string> {
  const asked = bare(name.replace(/\(\d*\)$/, ''));
  const same = known.filter((state) => bare(state) === asked);
  const other = Object.hasOwn(otherNames, asked) ? otherNames[asked] : undefined;
  return new Set([...same, ...(other ?? [])]);
}

/** How many letters differ: insertions, deletions and replacements (Levenshtein's distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [done, letter] of [...a].entries()) {
    const next = [done + 1];
    for (const [index, other] of [...b].entries()) {
      const replaced = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Whether `short` is `long` with letters left out, its first one kept: ESTB, SYNRC. */
function abbreviates(short: string, long: string): boolean {
  let at = 0;
  for (const letter of long) at += letter === short[at] ? 1 : 0;
  return short.length > 2 && short[0] === long[0] && at === short.length;
}

/** The states among `known` that `name` looks like, most alike first, at most four. */
export function spelledLike(name: string, known: readonly string[]): string[] {
  const asked = bare(name.slice(0, 40));
  if (asked === '') return [];
  const scored = [...new Set(known)].map((state) => {
    const full = bare(state);
    const part = (asked.length > 2 && full.includes(asked)) || abbreviates(asked, full);
    return { state, score: part ? 1 : distance(asked, full) };
  });
  const limit = Math.max(1, Math.floor(asked.length / 3));
  return scored
    .filter(({ score }) => score <= limit)
    .sort((a, b) => a.score - b.score)
    .slice(0, 4)
    .map(({ state }) => state);
}
