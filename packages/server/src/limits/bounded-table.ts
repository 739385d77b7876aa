/** What counts for a while, by keys that a sender may make up: a table that nobody can empty by filling it. */

/** A table of bounded size. */
export interface BoundedTable<Value> {
  /** What counts for a key: its own, or what it shares with others where it came too late for a place of its own. */
  get(key: string): Value | undefined
  /** Puts what counts for a key into its place. */
  set(key: string, value: Value): void
  /** Whether there is nothing in it. */
  isEmpty(): boolean
}

/** Places that keys share which come when the table is full. */
const SHARED_PLACES = 1024

/**
 * Creates a table. Nothing in it gives way before it is over. When every place is taken, a further key shares one of 1024 more
 * with all keys of the same hash, so what it counts is too much rather than too little.
 *
 * @param isOver - whether a value no longer counts. Values should be over in the order in which they were put.
 * @param sharedPlaces - how many places there are for further keys; with 0 they are not kept.
 */
export function createBoundedTable<Value>(
  maxKeys: number,
  isOver: (value: Value) => boolean,
  sharedPlaces = SHARED_PLACES,
): BoundedTable<Value> {
  const own = new Map<string, Value>()
  const shared = new Map<number, Value>()

  function hasRoom(): boolean {
    if (own.size < maxKeys) return true
    for (const [key, value] of own) {
      if (!isOver(value)) break
      own.delete(key)
    }
    return own.size < maxKeys
  }

  return {
    get(key) {
      const place = own.get(key)
      if (place !== undefined) return isOver(place) ? undefined : place
      if (shared.size === 0) return undefined
      const common = shared.get(placeOf(key, sharedPlaces))
      return common === undefined || isOver(common) ? undefined : common
    },
    set(key, value) {
      // Put anew, so that the first one is the one that is over first.
      const had = own.delete(key)
      if (had || hasRoom()) own.set(key, value)
      else if (sharedPlaces > 0) shared.set(placeOf(key, sharedPlaces), value)
    },
    isEmpty: () => own.size === 0 && shared.size === 0,
  }
}

/** FNV-1a of 32 bits. Who finds keys of one place has them counted together, and nothing else. */
function placeOf(key: string, places: number): number {
  let hash = 0x81_1c_9d_c5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01_00_01_93)
  return (hash >>> 0) % places
}
