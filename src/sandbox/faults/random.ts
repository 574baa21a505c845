/** Random numbers that a seed determines, the same on every machine. */

/**
 * Returns numbers from 0 up to but not including 1: Marsaglia's xorshift with 32 bits of state (J. of Statistical
 * Software 8, 2003). A multiplication spreads the seed first: without it, neighbouring seeds begin alike.
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
