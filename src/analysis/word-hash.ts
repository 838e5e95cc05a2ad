/** A prime below 2^31: sums of terms are taken modulo this. */
export const hashPrime = 2 ** 31 - 1;

/** Two for each word, one for each half. */
const multipliers = Float64Array.from({ length: 18 }, () => Math.floor(Math.random() * hashPrime));

/**
 * Returns the term of a word in a hash, by its index (0 to 8) among the words: both halves, each multiplied by a secret
 * random number, so that an attacker cannot choose addresses and ports with the same hash (universal hashing). The sum
 * of all terms is exact: below 2^53.
 */
export function hashTerm(word: number, place: number): number {
  return (
    (word >>> 16) * (multipliers[2 * place] as number) +
    (word & 0xffff) * (multipliers[2 * place + 1] as number)
  );
}
