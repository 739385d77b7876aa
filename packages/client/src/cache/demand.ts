/** Step `cache`: what a call demands of an answer in memory, beyond the limits of the cache. */

/** What a call demands of an answer from memory. */
export interface Demand {
  /** How old the answer may be, in milliseconds; `undefined` for the limits of the cache. */
  readonly maxAgeMs: number | undefined
  /** The position of a revocation that the answer must know of. */
  readonly notOlderThan: string | undefined
}

/** The demand of a call; `undefined` for none, without an object. */
export function toDemand(maxAgeSeconds: number | undefined, notOlderThan: string | undefined): Demand | undefined {
  if (maxAgeSeconds === undefined && notOlderThan === undefined) return undefined
  return { maxAgeMs: maxAgeSeconds === undefined ? undefined : maxAgeSeconds * 1000, notOlderThan }
}
