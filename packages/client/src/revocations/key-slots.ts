/** The slots of keys: a table that knows when a key was last touched, and sometimes believes it of another key. */

/** How many slots a key can have: 24 bits. The last table that has one for each takes 128 MB. */
export const MAX_SLOTS = 2 ** 24

/** How long the table is by default. It takes 8 MB. */
export const DEFAULT_SLOTS = 2 ** 20

/** The most keys of one answer: three for a JWT, and those of its grant, session, user and client. */
export const MAX_KEYS = 7

/** For each slot, the sequence of the last event whose key has this slot. */
export class KeySlots {
  readonly #touched: Float64Array
  readonly #mask: number

  /** @param slots - a power of two. In a smaller table more keys share a slot. */
  constructor(slots = DEFAULT_SLOTS) {
    this.#touched = new Float64Array(slots)
    this.#mask = slots - 1
  }

  /** Notes that an event with this key was applied. */
  touch(key: string, sequence: number): void {
    this.#touched[slotOf(key) & this.#mask] = sequence
  }

  /** The sequence of the last event that touched the slot, or an earlier one; 0 when none did. */
  lastTouch(slot: number): number {
    return this.#touched[slot & this.#mask] as number
  }
}

/**
 * The slot of a key, from 1 to 2^24 - 1. Keys are digests under a secret, so four of their characters are a good hash. A
 * smaller table takes the lower bits. No key has the slot 0, which stands for none.
 */
export function slotOf(key: string): number {
  let slot = 0
  for (let index = 0; index < 4; index += 1) slot = (slot << 6) | sixBits(key.charCodeAt(index))
  return slot === 0 ? 1 : slot
}

/** The six bits of a character of base64url. */
function sixBits(code: number): number {
  if (code >= 97) return code - 71
  if (code >= 65) return code === 95 ? 63 : code - 65
  return code === 45 ? 62 : code + 4
}
