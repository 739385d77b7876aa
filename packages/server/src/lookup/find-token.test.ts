import { parseIntrospectionRequest } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { findRevocableToken, findToken, type LookupReason, type LookupStep } from './find-token.ts'
import { createStoreResolver } from './store-resolver.ts'
import type { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { TokenResolver } from './token-resolver.ts'
import { digestToken, type TokenStore } from '../stores/token-store.ts'

const now = () => 1_764_000_000
const record: TokenRecord = { kind: 'access_token', exp: 1_764_000_001 }
const request = parseIntrospectionRequest('token=abc&token_type_hint=refresh_token')

function step(changes: Partial<LookupStep> = {}): LookupStep {
  return {
    resolvers: [],
    isMinted: undefined,
    isActive: undefined,
    timeoutMs: 50,
    now,
    warn: () => undefined,
    ...changes,
  }
}

function over(store: TokenStore, changes: Partial<LookupStep> = {}): LookupStep {
  return step({ resolvers: [createStoreResolver({ store })], ...changes })
}

/** Resolvers that know no token, and the names of those that were asked. */
function resolvers(...kinds: [name: string, kinds: TokenResolver['kinds'], record?: TokenRecord][]) {
  const asked: string[] = []
  const list = kinds.map(
    ([name, its, kept]): TokenResolver => ({
      name,
      kinds: its,
      resolve() {
        asked.push(name)
        return kept ?? null
      },
    }),
  )
  return { asked, list }
}

const hanging = (): Promise<never> => new Promise(() => undefined)
const throwing = (): never => {
  throw new Error('down')
}

describe('findToken', () => {
  test.each<[string, TokenRecord | null | undefined, TokenRecord | undefined, LookupReason | undefined]>([
    ['a record that is live', record, record, undefined],
    ['no record', null, undefined, 'unknown'],
    ['undefined', undefined, undefined, 'unknown'],
    ['a record that has expired', { ...record, exp: 1_764_000_000 }, undefined, 'expired'],
    ['a record that is revoked', { ...record, revoked: true }, undefined, 'revoked'],
    ['a record that is not valid yet', { ...record, nbf: 1_764_000_001 }, undefined, 'not-yet-valid'],
  ])('finds only a live token in %s, with or without a promise', async (_, kept, found, reason) => {
    const digest = await digestToken('abc')
    const resolver = reason === 'unknown' ? undefined : 'store'
    const stores = [{ find: () => kept as TokenRecord }, { find: () => Promise.resolve(kept as TokenRecord) }]
    for (const store of stores) {
      expect(await findToken(request, over(store))).toEqual({
        lookup: expect.objectContaining({ digest }) as unknown,
        resolver,
        record: found,
        reason,
        known: kept ?? undefined,
      })
    }
  })

  test.each(['text', 7, true])('treats %j from a resolver as a failure, because it is not a record', async (kept) => {
    const finding = async () => findToken(request, over({ find: () => kept as unknown as TokenRecord }))
    await expect(finding()).rejects.toMatchObject({
      code: 'ERR_LOOKUP_STORE',
      message: expect.stringContaining('store') as string,
    })
  })

  test('returns without a promise when the store does', () => {
    expect(findToken(request, over({ find: () => record }))).toMatchObject({ record })
  })

  test('asks by the digest, with any hint', async () => {
    const asked: unknown[] = []
    await findToken(request, over({ find: (digest) => (asked.push(digest), null) }))
    expect(asked).toEqual([await digestToken('abc')])
  })

  test('asks again for a lookup that begins after a revocation, in the tick of an earlier lookup', async () => {
    let stored: TokenRecord | null = record
    const answers: (() => void)[] = []
    // Reads at once, and answers later.
    const find = (): Promise<TokenRecord | null> => {
      const read = stored
      return new Promise((resolve) => answers.push(() => resolve(read)))
    }
    const store = over({ find })
    const earlier = findToken(request, store)
    stored = null
    const later = findToken(request, store)
    for (const answer of answers) answer()
    expect([(await earlier).reason, (await later).reason]).toEqual([undefined, 'unknown'])
  })

  test('calls the store as a method', async () => {
    class Store {
      readonly #record = record
      find(): TokenRecord {
        return this.#record
      }
    }
    expect((await findToken(request, over(new Store()))).record).toBe(record)
  })

  test.each<[string, () => never | Promise<never>, string]>([
    ['throws', throwing, 'Error'],
    ['rejects', () => Promise.reject(new Error('down')), 'Error'],
    ['never answers', hanging, 'DependencyTimeoutError'],
  ])('treats a store that %s as a failure, and asks no other resolver (ERR-18)', async (_, find, cause) => {
    const { asked, list } = resolvers(['next', undefined, record])
    const failing = over({ find })
    await expect(
      (async () => findToken(request, { ...failing, resolvers: [...failing.resolvers, ...list] }))(),
    ).rejects.toMatchObject({ code: 'ERR_LOOKUP_STORE', retryable: true, cause: { name: cause } })
    expect(asked).toEqual([])
  })

  test('aborts the signal of a store when nobody waits for it any more', async () => {
    let seen: TokenLookup | undefined
    const find = (_: string, lookup?: TokenLookup): Promise<never> => {
      seen = lookup
      void lookup?.signal
      return hanging()
    }
    await expect(findToken(request, over({ find }))).rejects.toThrow()
    expect(seen?.signal.aborted).toBe(true)
  })
})

describe('resolvers', () => {
  test('are asked in order until one finds the token', async () => {
    const { asked, list } = resolvers(['a', undefined], ['b', undefined, record], ['c', undefined, record])
    const plain = parseIntrospectionRequest('token=abc')
    expect(await findToken(plain, step({ resolvers: list }))).toMatchObject({ record, resolver: 'b' })
    expect(asked).toEqual(['a', 'b'])
  })

  test.each([
    ['access_token', ['access', 'either', 'refresh']],
    ['refresh_token', ['refresh', 'either', 'access']],
    ['pct', ['either', 'access', 'refresh']],
    ['', ['access', 'refresh', 'either']],
  ])('are all asked, in the order that the hint %j suggests (REQ-10, REQ-11)', async (hint, order) => {
    const { asked, list } = resolvers(
      ['access', ['access_token']],
      ['refresh', ['refresh_token']],
      ['either', undefined],
    )
    const hinted = parseIntrospectionRequest(`token=abc&token_type_hint=${hint}`)
    expect(await findToken(hinted, step({ resolvers: list }))).toMatchObject({ reason: 'unknown' })
    expect(asked.toSorted()).toEqual(order.toSorted())
    expect(asked[0]).toBe(order[0])
  })

  test('see further parameters, and never the credentials (REQ-13, REQ-14)', async () => {
    const seen: unknown[] = []
    const resolver: TokenResolver = {
      name: 'context',
      resolve(lookup) {
        seen.push(lookup.token, lookup.tokenTypeHint, lookup.parameter('resource'), lookup.parameter('absent'))
        seen.push(lookup.parameters('ip'), lookup.parameter('ip'), lookup.parameter('empty'))
        seen.push(lookup.parameter('client_secret'), lookup.parameters('client_assertion'))
        return null
      },
    }
    const full = parseIntrospectionRequest(
      'token=abc&resource=urn%3Aorders&ip=1&ip=2&empty=&client_secret=s3cr3t&client_assertion=x',
    )
    expect(await findToken(full, step({ resolvers: [resolver] }))).toMatchObject({ reason: 'unknown' })
    expect(seen).toEqual(['abc', undefined, 'urn:orders', undefined, ['1', '2'], undefined, undefined, undefined, []])
  })
})

describe('isMinted', () => {
  test.each<[string, unknown, boolean]>([
    ['true', true, true],
    ['a promise of true', Promise.resolve(true), true],
    ['false', false, false],
    ['a promise of false', Promise.resolve(false), false],
    ['anything else', 'true', false],
  ])('that returns %s decides whether there is a search', async (_, minted, searched) => {
    const { asked, list } = resolvers(['store', undefined, record])
    const found = await findToken(request, step({ resolvers: list, isMinted: () => minted as boolean }))
    expect(found.reason).toBe(searched ? undefined : 'not-minted')
    expect(asked).toEqual(searched ? ['store'] : [])
  })

  test.each<[string, () => never | Promise<never>]>([
    ['throws', throwing],
    ['never answers', hanging],
  ])('that %s counts as a failure', async (_, isMinted) => {
    await expect((async () => findToken(request, step({ isMinted })))()).rejects.toMatchObject({
      code: 'ERR_LOOKUP_STORE',
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
  ])('treats %s as revocable: %s', async (_, kept, isRevocable) => {
    const found = await findRevocableToken(request, over({ find: () => kept }))
    expect(found.record).toBe(isRevocable ? kept : undefined)
  })

  test('treats a store that throws as a failure', async () => {
    const store = { find: () => Promise.reject(new Error('down')) }
    await expect(findRevocableToken(request, over(store))).rejects.toMatchObject({ code: 'ERR_LOOKUP_STORE' })
  })
})
