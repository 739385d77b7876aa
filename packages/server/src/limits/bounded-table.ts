/** A table of values that count for a while. A sender may invent keys, but cannot displace values by filling the table. */

/** A table of bounded size. */
export interface BoundedTable<Value> {
  /** The value of a key: its own, or a shared one if the table was full when the key came. */
  get(key: string): Value | undefined
  /** Sets the value of a key, in its own place or in a shared one. */
  set(key: string, value: Value): void
  /** Whether the table has no values. */
  isEmpty(): boolean
}

/** The number of places for the keys that come when the table is full. */
const SHARED_PLACES = 1024

/**
 * Creates a table. It keeps each value until it is over. When every place is taken, a further key shares one of 1024 more places
 * with all keys of the same hash. So such a key may count too much, and never too little.
 *
 * @param isOver - whether a value no longer counts. Values should end in the order in which they were set.
 * @param sharedPlaces - the number of places for further keys. With 0 these keys are not kept.
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
      // Deleted and set again, so that the first entry is the one that ends first.
      const had = own.delete(key)
      if (had || hasRoom()) own.set(key, value)
      else if (sharedPlaces > 0) shared.set(placeOf(key, sharedPlaces), value)
    },
    isEmpty: () => own.size === 0 && shared.size === 0,
  }
}

/** FNV-1a with 32 bits. If an attacker finds keys of the same place, these keys are only counted together. */
function placeOf(key: string, places: number): number {
  let hash = 0x81_1c_9d_c5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01_00_01_93)
  return (hash >>> 0) % places
}
