/** Why a word can't be followed: what was expected in its place. */
export interface Problem {
  readonly expected: string;
}

/** Tells a problem from what was asked for. */
export function isProblem(value: object | Problem): value is Problem {
  return 'expected' in value;
}

/** `text` in quotes and on one line, for a message. */
export function quoted(text: string): string {
  return `'${text.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/gu, '\ufffd')}'`;
}

/** The names of `known` that are nearest to `name`, if any is near, at most three. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase();
  const most = wanted.length < 4 ? 1 : 2;
  const near = known
    .map((candidate) => {
      const begun = wanted.length > 1 && candidate.startsWith(wanted);
      return { candidate, distance: begun ? 0 : editDistance(wanted, candidate) };
    })
    .filter(({ distance }) => distance <= most);
  const least = Math.min(...near.map(({ distance }) => distance));
  return near
    .filter(({ distance }) => distance === least)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Letters to add, drop, change or swap with their neighbour to make `from` into `to`. */
function editDistance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const line = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (line[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      line.push(cost);
    }
    before = last;
    last = line;
  }
  return last[to.length] ?? 0;
}

/** `; did you mean a or b?`, or nothing. */
export function didYouMean(names: Iterable<string | undefined>): string {
  const distinct = [...new Set(names)].filter((name) => name !== undefined);
  return distinct.length === 0 ? '' : `; did you mean ${distinct.join(' or ')}?`;
}
