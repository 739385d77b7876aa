/** Random numbers that are the same for the same seed. */

/** Gives random numbers. */
export interface SeededRandom {
  /** From 0 up to and without 1. */
  uniform(): number
  /** With this mean, as the time between events that do not depend on one another. */
  exponential(mean: number): number
}

/** Creates a source of random numbers (mulberry32). */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { uniform, exponential: (mean) => -Math.log(1 - uniform()) * mean }
}
