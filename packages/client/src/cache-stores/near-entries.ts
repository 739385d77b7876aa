/** The memory before a shared store: entries that were read from it a moment ago, by token, limited in number. */
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { CacheEntry } from '../cache/cache-store.ts'
import { emptySlots, moreNumbers, moreSlots } from '../cache/slot-arrays.ts'
import { NO_SLOT, Sieve } from '../cache/sieve.ts'

/** How many entries and for how long. */
export interface NearEntriesSettings {
  /** How many tokens have entries. */
  readonly maxEntries: number
  /** Milliseconds for which an entry is used after it was read from the shared store. */
  readonly nearMs: number
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

interface NearEntry {
  readonly entry: CacheEntry
  readonly readAtMs: number
}

/** What {@link NearEntries.begin} gives a read. */
export interface Read {
  readonly key: string
  readonly readAtMs: number
  readonly version: number
}

/** How many entries of one token are kept: it has one for each hint and for each set of parameters. */
const MAX_VARIANTS = 8

/** Changes are counted in this many places. Tokens that share a place only make each other's reads fill no memory. */
const PLACES = 4096

/**
 * An entry comes in only from a read of the shared store, never from a write, because the store may refuse what is
 * written. A read fills nothing when the token was changed since the read began, or is being changed now.
 */
export class NearEntries {
  readonly #settings: NearEntriesSettings
  readonly #slots: Sieve
  /** The entries of a token, by key. */
  #variants: (Map<string, NearEntry> | undefined)[]
  /** When the newest entry of a token is over. */
  #overAtMs: Float64Array
  /** When the latest entry came in. Tokens whose entries were over by then are dropped first. */
  #latestMs = Number.NEGATIVE_INFINITY
  readonly #versions = new Uint32Array(PLACES)
  readonly #underWay = new Uint32Array(PLACES)
  /** Changes of the whole store. */
  #clears = 0
  #clearsUnderWay = 0

  constructor(settings: NearEntriesSettings) {
    this.#settings = settings
    // The clock is not read here: it is a function of the user, and the table is in the middle of a change.
    this.#slots = new Sieve(settings.maxEntries, (slot) => (this.#overAtMs[slot] as number) <= this.#latestMs)
    this.#variants = emptySlots(this.#slots.room + 1)
    this.#overAtMs = new Float64Array(this.#slots.room + 1)
  }

  /** An entry that was read a moment ago. A clock that was set back ends it. */
  get(key: string): CacheEntry | undefined {
    const slot = this.#slots.find(tokenPart(key))
    const near = slot === NO_SLOT ? undefined : this.#variants[slot]?.get(key)
    if (near === undefined) return undefined
    const ageMs = this.#settings.nowMs() - near.readAtMs
    if (!(ageMs >= 0 && ageMs < this.#settings.nearMs)) return undefined
    this.#slots.use(slot)
    return near.entry
  }

  /** Begins a read of the shared store; `undefined` while the token is being changed. */
  begin(key: string): Read | undefined {
    const place = placeOf(key)
    if (this.#clearsUnderWay > 0 || (this.#underWay[place] as number) > 0) return undefined
    return { key, readAtMs: this.#settings.nowMs(), version: this.#versionOf(place) }
  }

  /** Ends a read. The entry is kept, unless the token was changed since. Returns the entry. */
  end(read: Read | undefined, entry: CacheEntry | undefined): CacheEntry | undefined {
    // Many stores return `null` for no entry.
    if (read === undefined || entry === undefined || entry === null) return entry
    const { key, readAtMs, version } = read
    const now = this.begin(key)
    if (now?.version !== version) return entry
    this.#latestMs = now.readAtMs
    const slot = this.#slots.add(tokenPart(key))
    if (slot >= this.#variants.length) this.#grow(this.#slots.room + 1)
    let variants = this.#variants[slot]
    // The slot may have had another token.
    if (variants === undefined || !hasRoomFor(variants, key)) {
      variants = new Map()
      this.#variants[slot] = variants
    }
    variants.set(key, { entry, readAtMs })
    this.#overAtMs[slot] = readAtMs + this.#settings.nearMs
    return entry
  }

  /** Changes a token in the shared store. Its entries are dropped first. */
  change(key: string, run: () => MaybePromise<void>): MaybePromise<void> {
    const place = placeOf(key)
    const token = tokenPart(key)
    this.#variants[this.#slots.delete(token)] = undefined
    this.#versions[place] = (this.#versions[place] as number) + 1
    this.#underWay[place] = (this.#underWay[place] as number) + 1
    return finallyDo(run, () => {
      this.#underWay[place] = (this.#underWay[place] as number) - 1
    })
  }

  /** Changes every token in the shared store. */
  changeAll(run: () => MaybePromise<void>): MaybePromise<void> {
    this.#slots.clear()
    this.#variants.fill(undefined)
    this.#clears += 1
    this.#clearsUnderWay += 1
    return finallyDo(run, () => {
      this.#clearsUnderWay -= 1
    })
  }

  /** When there is no memory for one of the arrays, this throws, and the next entry tries again. */
  #grow(places: number): void {
    this.#overAtMs = moreNumbers(this.#overAtMs, places)
    // The last one, because its length says whether there are places.
    this.#variants = moreSlots(this.#variants, places)
  }

  #versionOf(place: number): number {
    return (this.#versions[place] as number) + this.#clears
  }
}

/** Behind a dot stand the hint and the parameters. */
function tokenPart(key: string): string {
  return key.split('.', 1)[0] ?? key
}

function hasRoomFor(variants: ReadonlyMap<string, NearEntry>, key: string): boolean {
  if (variants.has(key)) return true
  const [known] = variants.keys()
  return variants.size < MAX_VARIANTS && known !== undefined && tokenPart(known) === tokenPart(key)
}

/** Keys are digests, so their first characters are a good hash. */
function placeOf(key: string): number {
  return ((key.charCodeAt(0) & 63) << 6) | (key.charCodeAt(1) & 63)
}

function finallyDo(run: () => MaybePromise<void>, end: () => void): MaybePromise<void> {
  let running: MaybePromise<void>
  try {
    running = run()
  } catch (error) {
    end()
    throw error
  }
  if (isPromise(running)) return running.finally(end)
  end()
}
