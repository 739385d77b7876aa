/**
 * Step `cache`: which keys stay in a bounded table, by SIEVE (Zhang et al., NSDI 2024). A hit sets one bit. When the
 * table is full, a hand moves from the oldest key towards the newest and then begins again: it clears the bit of each
 * key that was used since it last passed, and the first key without a bit goes. A key whose time is over is removed
 * with its bit.
 *
 * The hand never enters the newest fifth of the keys. In the original it does, and when all older keys are in use it
 * can only drop the newest ones, which had no time to be used yet (docs/decisions/2026-11-30-sieve.md).
 *
 * The table and the order are arrays of numbers. They grow a few times until they have room for the limit, and then live as
 * long as the cache. A `Map` that loses a key with each new one replaces its internal table again and again, and each table
 * links to the next (docs/decisions/2026-11-21-garbage-that-links.md).
 */
import { emptySlots, moreNumbers, moreSlots } from './slot-arrays.ts'

/** No slot. The first slot is 1, so that a new array of zeros is empty. */
export const NO_SLOT = 0

/** The part of the keys that the hand does not enter. */
const RECENT_PART = 1 / 5

/** How many keys there is room for at first. A process may have a cache for each of many issuers, and most of them see few tokens. */
const FIRST_ROOM = 256

/** How many times as many keys there is room for after each growth. */
const GROWTH = 8

/**
 * From so many keys it grows to its limit at once, so that no growth moves more keys than this, which takes a millisecond. To
 * make the arrays of a cache for a million answers takes about 30 more.
 */
const LARGE_ROOM = 16_384

/** The length of a digest with one character per octet. */
const OCTETS = 32

/** Gives each key a slot, a number from 1 to the limit, for as long as the key stays. Keys are digests. */
export class Sieve {
  readonly #maxKeys: number
  readonly #isOver: (slot: number) => boolean
  /** Slots by hash, with linear probing. */
  #table: Uint32Array
  #shift: number
  #keys: (string | undefined)[]
  /** The neighbours of a slot in the order of arrival. */
  #older: Uint32Array
  #newer: Uint32Array
  #wasUsed: Uint8Array
  readonly #maxRecent: number
  #isRecent: Uint8Array
  /** How many keys there is room for now. */
  #room: number
  /** The oldest of the recent keys. All newer ones are recent, too. */
  #oldestRecent = NO_SLOT
  #recent = 0
  #oldest = NO_SLOT
  #newest = NO_SLOT
  /** The position of the hand; {@link NO_SLOT} means the oldest key. */
  #hand = NO_SLOT
  /** Free slots, linked through `#newer`. */
  #free = NO_SLOT
  /** How many slots were ever used. */
  #touched = 0
  #size = 0
  #evicted = 0

  /** @param isOver - whether the content of a slot is no longer needed. */
  constructor(maxKeys: number, isOver: (slot: number) => boolean, firstRoom = FIRST_ROOM) {
    this.#maxKeys = maxKeys
    this.#isOver = isOver
    this.#maxRecent = Math.floor(maxKeys * RECENT_PART)
    const room = Math.min(maxKeys, firstRoom)
    this.#room = room
    const bits = bitsFor(room)
    this.#table = new Uint32Array(2 ** bits)
    this.#shift = 32 - bits
    this.#keys = emptySlots(room + 1)
    this.#older = new Uint32Array(room + 1)
    this.#newer = new Uint32Array(room + 1)
    this.#wasUsed = new Uint8Array(room + 1)
    this.#isRecent = new Uint8Array(room + 1)
  }

  /** The largest slot that a key can have now. It grows when a key is added, up to the limit. */
  get room(): number {
    return this.#room
  }

  get size(): number {
    return this.#size
  }

  /** How many keys had to go so far, although their content was still needed. */
  get evicted(): number {
    return this.#evicted
  }

  /** The slot of a key; {@link NO_SLOT} when it has none. This does not count as a use of the key. */
  find(key: string): number {
    return this.#table[this.#positionOf(key)] as number
  }

  /** Records that a key was used. */
  use(slot: number): void {
    this.#wasUsed[slot] = 1
  }

  /** Gives a slot to a new or returning key. When the table is full, another key loses its slot. */
  add(key: string): number {
    const known = this.find(key)
    if (known !== NO_SLOT) {
      this.#unlink(known)
      this.#append(known)
      this.use(known)
      return known
    }
    if (this.#size === this.#room && this.#room < this.#maxKeys) this.#grow()
    const slot = this.#size < this.#room ? this.#freeSlot() : this.#evict()
    this.#keys[slot] = key
    this.#table[this.#positionOf(key)] = slot
    this.#append(slot)
    this.#size += 1
    return slot
  }

  /** Removes a key and returns its slot. */
  delete(key: string): number {
    const slot = this.find(key)
    if (slot === NO_SLOT) return NO_SLOT
    this.#remove(slot)
    this.#newer[slot] = this.#free
    this.#free = slot
    return slot
  }

  /** Removes every key. */
  clear(): void {
    this.#table.fill(NO_SLOT)
    this.#keys.fill(undefined)
    this.#wasUsed.fill(0)
    this.#isRecent.fill(0)
    this.#oldestRecent = NO_SLOT
    this.#recent = 0
    this.#oldest = NO_SLOT
    this.#newest = NO_SLOT
    this.#hand = NO_SLOT
    this.#free = NO_SLOT
    this.#touched = 0
    this.#size = 0
  }

  /**
   * Makes room for more keys. Each key keeps its slot. Every array is made before any is replaced: when there is no memory
   * for one of them, this throws, and the table stays as it is.
   */
  #grow(): void {
    const room = this.#room < LARGE_ROOM ? Math.min(this.#maxKeys, this.#room * GROWTH) : this.#maxKeys
    const bits = bitsFor(room)
    const table = new Uint32Array(2 ** bits)
    const keys = moreSlots(this.#keys, room + 1)
    const older = moreNumbers(this.#older, room + 1)
    const newer = moreNumbers(this.#newer, room + 1)
    const wasUsed = moreNumbers(this.#wasUsed, room + 1)
    const isRecent = moreNumbers(this.#isRecent, room + 1)
    this.#room = room
    this.#table = table
    this.#shift = 32 - bits
    this.#keys = keys
    this.#older = older
    this.#newer = newer
    this.#wasUsed = wasUsed
    this.#isRecent = isRecent
    for (let slot = this.#oldest; slot !== NO_SLOT; slot = newer[slot] as number) {
      table[this.#positionOf(keys[slot] as string)] = slot
    }
  }

  #freeSlot(): number {
    const slot = this.#free
    if (slot === NO_SLOT) return ++this.#touched
    this.#free = this.#newer[slot] as number
    return slot
  }

  /** Makes room. Returns the slot of the removed key. */
  #evict(): number {
    const slot = this.#isOver(this.#oldest) ? this.#oldest : this.#moveHand()
    if (!this.#isOver(slot)) this.#evicted += 1
    this.#remove(slot)
    return slot
  }

  /** Moves the hand to the next key that goes. In a full table the oldest key is never a recent one. */
  #moveHand(): number {
    let slot = this.#hand
    for (;;) {
      if (slot === NO_SLOT || this.#isRecent[slot] === 1) slot = this.#oldest
      if (this.#wasUsed[slot] === 0 || this.#isOver(slot)) break
      this.#wasUsed[slot] = 0
      slot = this.#newer[slot] as number
    }
    this.#hand = slot
    return slot
  }

  #remove(slot: number): void {
    this.#unlink(slot)
    this.#empty(this.#positionOf(this.#keys[slot] as string))
    this.#keys[slot] = undefined
    this.#wasUsed[slot] = 0
    this.#size -= 1
  }

  /** Makes a key the newest one. The oldest recent key is recent no longer when there are too many. */
  #append(slot: number): void {
    this.#older[slot] = this.#newest
    this.#newer[slot] = NO_SLOT
    if (this.#newest === NO_SLOT) this.#oldest = slot
    else this.#newer[this.#newest] = slot
    this.#newest = slot
    if (this.#recent === 0) this.#oldestRecent = slot
    this.#isRecent[slot] = 1
    this.#recent += 1
    if (this.#recent > this.#maxRecent) this.#leaveRecent(this.#oldestRecent)
  }

  #leaveRecent(slot: number): void {
    this.#isRecent[slot] = 0
    this.#recent -= 1
    if (this.#oldestRecent === slot) this.#oldestRecent = this.#newer[slot] as number
  }

  #unlink(slot: number): void {
    if (this.#isRecent[slot] === 1) this.#leaveRecent(slot)
    const older = this.#older[slot] as number
    const newer = this.#newer[slot] as number
    if (older === NO_SLOT) this.#oldest = newer
    else this.#newer[older] = newer
    if (newer === NO_SLOT) this.#newest = older
    else this.#older[newer] = older
    if (this.#hand === slot) this.#hand = newer
  }

  /** The position of a key in the table, or the position where it would be. */
  #positionOf(key: string): number {
    const last = this.#table.length - 1
    let position = this.#homeOf(key)
    for (;;) {
      const slot = this.#table[position] as number
      if (slot === NO_SLOT || this.#keys[slot] === key) return position
      position = (position + 1) & last
    }
  }

  /** Empties a position, and moves later keys closer to their home positions. */
  #empty(position: number): void {
    const last = this.#table.length - 1
    let hole = position
    for (let next = (hole + 1) & last; this.#table[next] !== NO_SLOT; next = (next + 1) & last) {
      const slot = this.#table[next] as number
      const home = this.#homeOf(this.#keys[slot] as string)
      if (((next - home) & last) < ((next - hole) & last)) continue
      this.#table[hole] = slot
      hole = next
    }
    this.#table[hole] = NO_SLOT
  }

  /**
   * Keys are digests under a secret, so a few of their characters are a good hash. The first characters depend on the
   * token, and the last ones on a hint or parameters. A key of 32 characters has a whole octet in each, and no hint. The
   * product spreads the 64 letters of base64url (Knuth, TAOCP 3, 6.4).
   */
  #homeOf(key: string): number {
    const first = key.charCodeAt(0) ^ (key.charCodeAt(1) << 8) ^ (key.charCodeAt(2) << 16) ^ (key.charCodeAt(3) << 24)
    if (key.length === OCTETS) return Math.imul(first, 0x9e3779b1) >>> this.#shift
    const end = key.length - 1
    const last = key.charCodeAt(end) ^ (key.charCodeAt(end - 1) << 8) ^ (key.charCodeAt(end - 2) << 16)
    return Math.imul(first ^ Math.imul(last, 0x85ebca6b), 0x9e3779b1) >>> this.#shift
  }
}

/** The size of a table of which at most two thirds are full, as a power of two. */
function bitsFor(room: number): number {
  return Math.max(4, Math.ceil(Math.log2(room * 1.5)))
}
