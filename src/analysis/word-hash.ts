/** A prime below 2^31: sums of terms are taken modulo it. */
export const hashPrime = 2 ** 31 - 1;

/** For each half of a word. */
const multipliers = Float64Array.from({ length: 18 }, () => Math.floor(Math.random() * hashPrime));

/**
 * What a word adds to a hash, by its place (0 to 8) among the words that are hashed: its halves, each multiplied by a
 * number that nobody outside knows, so that nobody can choose addresses and ports of which many have the same hash
 * (universal hashing). The sum of all terms is exact: below 2^53.
 */
export function hashTerm(word: number, place: number): number {
  return (
    (word >>> 16) * (multipliers[2 * place] as number) +
    (word & 0xffff) * (multipliers[2 * place + 1] as number)
  );
}
