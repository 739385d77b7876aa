import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FlightTable } from './flight-table.ts'

class Entry {
  readonly key: string
  next: this | undefined

  constructor(key: string) {
    this.key = key
  }
}

describe('FlightTable', () => {
  test('behaves like a Map for every order of additions and removals', () => {
    // Few keys, and many in the same bucket: the third character does not choose the bucket.
    const key = fc.constantFrom('', 'a', 'ab', 'aba', 'abb', 'abc', 'b', '\u00ff\u00ff', '\u00ff\u00ffx')
    const event = fc.record({ what: fc.constantFrom('set', 'delete', 'deleteOld', 'match'), key })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const table = new FlightTable<Entry>()
        const map = new Map<string, Entry>()
        const all: Entry[] = []
        for (const { what, key: at } of events) {
          if (what === 'set') {
            const entry = new Entry(at)
            all.push(entry)
            table.set(entry)
            map.set(at, entry)
          } else if (what === 'match') {
            table.deleteMatching((other) => other.startsWith(at))
            for (const other of map.keys()) if (other.startsWith(at)) map.delete(other)
          } else {
            // A current entry, or one that was replaced long ago.
            const entry = what === 'delete' ? map.get(at) : all.find((other) => other.key === at)
            if (entry === undefined) continue
            table.delete(entry)
            if (map.get(at) === entry) map.delete(at)
          }
          for (const entry of all) expect(table.get(entry.key)).toBe(map.get(entry.key))
        }
        for (const entry of all) if (map.get(entry.key) !== entry) expect(entry.next).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })
})
