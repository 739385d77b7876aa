import { parseIntrospectionRequest } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { findRevocableToken, findToken } from './find-token.ts'
import type { TokenRecord } from './token-record.ts'
import { digestToken } from './token-store.ts'

const now = () => 1_764_000_000
const record: TokenRecord = { kind: 'access_token', exp: 1_764_000_001 }
const request = parseIntrospectionRequest('token=abc&token_type_hint=refresh_token')

describe('findToken', () => {
  test.each<[string, TokenRecord | null | undefined, TokenRecord | undefined]>([
    ['a record that is live', record, record],
    ['no record', null, undefined],
    ['undefined', undefined, undefined],
    ['a record that has expired', { ...record, exp: 1_764_000_000 }, undefined],
    ['a record that is revoked', { ...record, revoked: true }, undefined],
  ])('makes of %s what is live, at once or later', async (_, kept, found) => {
    const digest = await digestToken('abc')
    const stores = [{ find: () => kept as TokenRecord }, { find: () => Promise.resolve(kept as TokenRecord) }]
    for (const store of stores) expect(await findToken(request, { store, now })).toEqual({ digest, record: found })
  })

  test('asks by the digest alone, whatever the hint', async () => {
    const asked: unknown[][] = []
    await findToken(request, { now, store: { find: (...args) => (asked.push(args), null) } })
    expect(asked).toEqual([[await digestToken('abc')]])
  })

  test('calls the store as a method', async () => {
    class Store {
      readonly #record = record
      find(): TokenRecord {
        return this.#record
      }
    }
    expect((await findToken(request, { store: new Store(), now })).record).toBe(record)
  })

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('takes a store that %s for an outage', async (_, find) => {
    await expect(findToken(request, { store: { find }, now })).rejects.toMatchObject({
      code: 'ERR_LOOKUP_STORE',
      retryable: true,
      cause: { message: 'down' },
    })
  })
})

describe('findRevocableToken', () => {
  test.each<[string, TokenRecord | null, boolean]>([
    ['a token that is live', record, true],
    ['a token that is not valid yet', { ...record, nbf: now() + 60, exp: now() + 120 }, true],
    ['a token that has expired', { ...record, exp: now() }, false],
    ['a token that is revoked', { ...record, revoked: true }, false],
    ['no token', null, false],
  ])('takes %s for one to revoke: %s', async (_, kept, isRevocable) => {
    const found = await findRevocableToken(request, { store: { find: () => kept }, now })
    expect(found.record).toBe(isRevocable ? kept : undefined)
  })

  test('takes a store that throws for an outage', async () => {
    const store = { find: () => Promise.reject(new Error('down')) }
    await expect(findRevocableToken(request, { store, now })).rejects.toMatchObject({ code: 'ERR_LOOKUP_STORE' })
  })
})
