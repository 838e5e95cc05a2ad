/** The maximum; 0 if empty. Math.max itself takes only some 100,000 arguments. */
export function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, one) => Math.max(most, one), 0);
}

/** The sum; 0 if empty. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** Whether `part` is at least `share` percent of `whole`. */
export function reachesShare(part: number, whole: number, share: number): boolean {
  return part * 100 >= whole * share;
}

/** `part` in percent of `whole`, rounded down: 100 only if all is taken; 0 where `whole` is not positive. */
export function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.floor((part * 100) / whole);
}
