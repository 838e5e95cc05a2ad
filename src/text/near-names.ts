import { listed } from './counted.ts';

/** How much of a longer name is compared: none of our names is as long. */
const maxCompared = 40;

/** Maximum number of suggestions. */
const maxNames = 4;

/**
 * The names of `known` that somebody who typed `name` may have meant: the nearest ones, at most four, none if
 * nothing is near. This is the program's only "did you mean": for flags, columns, sort keys, words of expressions
 * and states.
 *
 * Case, `-`, `_` and blanks are ignored. Nearest is the same name, then a name that begins with what was typed
 * (`fin` → fin-wait-1). At distance 1 is a name that contains four or more letters (`wait`) or that they abbreviate
 * (`estb` → established). Otherwise the distance is the number of letters to add, drop, change or swap with their
 * neighbour; the maximum is 2, or 1 for fewer than five letters. With fewer than four the first one is not changed:
 * `ksh` is no slip of zsh.
 */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = bare(name.slice(0, maxCompared));
  if (wanted === '') return [];
  const most = wanted.length < 5 ? 1 : 2;
  const near = [...new Set(known)]
    .map((candidate) => ({ candidate, distance: distance(wanted, bare(candidate)) }))
    .filter((one) => one.distance <= most);
  const least = Math.min(...near.map((one) => one.distance));
  return near
    .filter((one) => one.distance === least)
    .slice(0, maxNames)
    .map(({ candidate }) => candidate);
}

/** `did you mean a, b or c?`; empty if there are no names. */
export function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : `did you mean ${listed(names, 'or')}?`;
}

/** A name normalized: lower case, without `-`, `_` and blanks. */
function bare(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

function distance(wanted: string, candidate: string): number {
  if (wanted === candidate) return 0;
  if (wanted.length > 1 && candidate.startsWith(wanted)) return 0.5;
  const isShort = wanted.length < 4;
  if (isShort && wanted.slice(1) === candidate.slice(1)) return Number.POSITIVE_INFINITY;
  const edits = editDistance(wanted, candidate);
  const isPart = !isShort && (candidate.includes(wanted) || abbreviates(wanted, candidate));
  return isPart ? Math.min(1, edits) : edits;
}

/** Whether `short` is `long` with letters left out, its first one kept: estb, synrc. */
function abbreviates(short: string, long: string): boolean {
  let at = 0;
  for (const letter of long) at += letter === short[at] ? 1 : 0;
  return short[0] === long[0] && at === short.length;
}

/** The number of letters to add, drop, change or swap with their neighbour to make `from` into `to`. */
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
