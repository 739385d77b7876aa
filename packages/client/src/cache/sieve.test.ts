import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_SLOT, Sieve } from './sieve.ts'

const MAX_KEYS = 10
const MAX_RECENT = 2

/** Half of the keys begin and end alike, so that they compete for the same positions of the table. */
const KEYS = [
  ...Array.from({ length: 9 }, (_, index) => `abcd-${index}-wxyz`),
  ...Array.from({ length: 9 }, (_, index) => `${index}bcd-wxyz`),
]

/** The same rules, in the simplest form. */
class Model {
  readonly order: { readonly key: string; wasUsed: boolean; isOver: boolean }[] = []
  readonly #recent: string[] = []
  #hand: string | undefined

  find(key: string) {
    return this.order.find((each) => each.key === key)
  }

  add(key: string): void {
    const known = this.find(key)
    if (known === undefined && this.order.length === MAX_KEYS) this.delete(this.#victim())
    if (known !== undefined) this.delete(key)
    this.order.push({ key, wasUsed: known !== undefined, isOver: false })
    this.#recent.push(key)
    if (this.#recent.length > MAX_RECENT) this.#recent.shift()
  }

  delete(key: string): void {
    const index = this.order.findIndex((each) => each.key === key)
    if (index < 0) return
    if (this.#hand === key) this.#hand = this.order[index + 1]?.key
    this.order.splice(index, 1)
    if (this.#recent.includes(key)) this.#recent.splice(this.#recent.indexOf(key), 1)
  }

  clear(): void {
    this.order.splice(0)
    this.#recent.splice(0)
    this.#hand = undefined
  }

  #victim(): string {
    const [oldest] = this.order
    if (oldest?.isOver === true) return oldest.key
    let index = Math.max(
      0,
      this.order.findIndex(({ key }) => key === this.#hand),
    )
    for (;;) {
      const each = this.order[index]
      if (each === undefined || this.#recent.includes(each.key)) index = 0
      else if (!each.wasUsed || each.isOver) {
        this.#hand = each.key
        return each.key
      } else {
        each.wasUsed = false
        index += 1
      }
    }
  }
}

const key = fc.constantFrom(...KEYS)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), key }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('use' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'expire' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), key }) },
)

describe('Sieve', () => {
  test('keeps the keys that its rules keep, each in its own slot', () => {
    let evictions = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 60, maxLength: 120 }), fc.constantFrom(1, 3, MAX_KEYS), (steps, room) => {
        const over = new Set<number>()
        const sieve = new Sieve(MAX_KEYS, (slot) => over.has(slot), room)
        const model = new Model()
        for (const { do: what, key: name } of steps) {
          const slot = sieve.find(name)
          const modelled = model.find(name)
          if (what === 'add') {
            if (modelled === undefined && model.order.length === MAX_KEYS) evictions += 1
            over.delete(sieve.add(name))
            model.add(name)
          } else if (what === 'delete') {
            expect(sieve.delete(name)).toBe(slot)
            over.delete(slot)
            model.delete(name)
          } else if (what === 'clear') {
            sieve.clear()
            over.clear()
            model.clear()
          } else if (slot !== NO_SLOT && modelled !== undefined) {
            if (what === 'use') {
              sieve.use(slot)
              modelled.wasUsed = true
            } else {
              over.add(slot)
              modelled.isOver = true
            }
          }
          const kept = KEYS.filter((each) => sieve.find(each) !== NO_SLOT)
          expect(kept.toSorted()).toEqual(model.order.map((each) => each.key).toSorted())
          expect(sieve.size).toBe(kept.length)
          const slots = kept.map((each) => sieve.find(each))
          expect(new Set(slots).size).toBe(slots.length)
          expect(slots.every((each) => each >= 1 && each <= sieve.room)).toBe(true)
          expect(sieve.room).toBeLessThanOrEqual(MAX_KEYS)
        }
      }),
      { numRuns: 500 },
    )
    // Without any, the rules would not have been tested.
    expect(evictions).toBeGreaterThan(500)
  })

  test('has room for few keys until there are more, and each keeps its slot', () => {
    const sieve = new Sieve(50_000, () => false)
    const rooms = new Set<number>()
    const slots = Array.from({ length: 50_000 }, (_, index) => {
      const slot = sieve.add(`key-${index}`)
      rooms.add(sieve.room)
      return slot
    })
    expect(Array.from(rooms)).toEqual([256, 2048, 16_384, 50_000])
    expect(slots.map((_, index) => sieve.find(`key-${index}`))).toEqual(slots)
    expect(sieve.size).toBe(50_000)
  })

  test('keeps used keys during a scan of keys that come once', () => {
    const sieve = new Sieve(100, () => false)
    for (let index = 0; index < 50; index++) sieve.add(`used-${index}`)
    for (let scanned = 0; scanned < 10_000; scanned++) {
      sieve.add(`once-${scanned}`)
      sieve.use(sieve.find(`used-${scanned % 50}`))
    }
    expect(sieve.find('used-0')).not.toBe(NO_SLOT)
    expect(Array.from({ length: 50 }, (_, index) => sieve.find(`used-${index}`))).not.toContain(NO_SLOT)
    expect(sieve.size).toBe(100)
  })

  test('keeps keys that are all in use while new ones take the places of those that no longer are', () => {
    // The newer half of the keys is in use. The original lets the hand drop its newest keys, and most of them are missed.
    const sieve = new Sieve(1_000, () => false)
    let newest = 0
    let calls = 0
    let missed = 0
    const random = seededRandom(7)
    for (; newest < 1_000; newest++) sieve.add(`key-${newest}`)
    for (let round = 0; round < 40_000; round++) {
      sieve.add(`key-${newest++}`)
      for (let call = 0; call < 9; call++, calls++) {
        const used = `key-${newest - 1 - Math.floor(random() * 500)}`
        const slot = sieve.find(used)
        if (slot === NO_SLOT) missed += 1
        sieve.use(slot === NO_SLOT ? sieve.add(used) : slot)
      }
    }
    expect(missed / calls).toBeLessThan(0.01)
  })
})

/** Numbers from 0 to 1 that are the same in each run (a linear congruential generator, Numerical Recipes). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
