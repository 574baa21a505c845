/** Repeatable randomness: one seed, one sequence, on every machine. */

/**
 * A source of numbers from 0 up to but not including 1, the same for the same seed. It is Marsaglia's
 * xorshift with 32 bits of state (J. of Statistical Software 8, 2003), the seed spread by a multiplication
 * first, since neighbouring small seeds would otherwise start alike.
 */
export function createRandom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
