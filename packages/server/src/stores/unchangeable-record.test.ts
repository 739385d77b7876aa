import { expect, test } from 'vitest'
import type { TokenRecord } from './token-record.ts'
import { makeUnchangeable, noteOf } from './unchangeable-record.ts'

const create = () => makeUnchangeable({ kind: 'access_token', sub: 'alice', scope: 'read write', aud: ['a'] })

test('a record is frozen all the way down, and has one note', () => {
  const record = create()
  expect(Object.isFrozen(record)).toBe(true)
  expect(Object.isFrozen(record.aud)).toBe(true)
  expect(noteOf(record)).toMatchObject({ writer: undefined, made: undefined })
  expect(noteOf(record)).toBe(noteOf(record))
  expect(noteOf(create())).not.toBe(noteOf(record))
})

test.each<[string, (record: TokenRecord) => TokenRecord]>([
  ['a copy', (record) => ({ ...record, scope: 'read' })],
  ['a deep copy', (record) => structuredClone(record)],
  ['a copy of its descriptors', (record) => Object.defineProperties({} as TokenRecord, descriptorsOf(record))],
  ['an object that inherits from it', (record) => Object.create(record, { scope: { value: 'read' } }) as TokenRecord],
  ['a proxy of it', (record) => new Proxy(record, {})],
  ['a record that was not made unchangeable', () => ({ kind: 'access_token' })],
])('%s has no note, because it may say something else', (_, change) => {
  expect(noteOf(change(create()))).toBeUndefined()
})

function descriptorsOf(record: TokenRecord): PropertyDescriptorMap {
  return Object.getOwnPropertyDescriptors(record) as PropertyDescriptorMap
}
