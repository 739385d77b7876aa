import { describe, expect, test } from 'vitest'
import { Form } from '@token-introspection/core'
import { createMemoryTokenStore } from '../stores/memory/memory-token-store.ts'
import { createStoreResolver } from './store-resolver.ts'
import { TokenLookup } from '../stores/token-lookup.ts'
import { digestToken, type TokenStore } from '../stores/token-store.ts'

const HEADER = Buffer.from('{"alg":"ES256"}').toString('base64url')
const record = { kind: 'access_token' } as const

async function resolveWith(store: TokenStore, token: string) {
  const lookup = new TokenLookup({ token, parameters: new Form() }, await digestToken(token))
  return createStoreResolver({ store }).resolve(lookup)
}

/** How a promise ends. */
interface Settle {
  readonly fulfil: (record: unknown) => void
  readonly reject: (error: Error) => void
}

/** A store, and the digests that it was asked for. */
function setUp() {
  const store = createMemoryTokenStore()
  const asked: string[] = []
  const find: TokenStore['find'] = (digest) => {
    asked.push(digest)
    return store.find(digest)
  }
  return {
    store,
    asked,
    resolve: (token: string) => resolveWith({ ...store, find }, token),
    resolveReadOnly: (token: string) => resolveWith({ find }, token),
  }
}

describe('createStoreResolver', () => {
  test.each([
    ['an opaque token', '2YotnFZFEjr1zCsicMWpAA', 1],
    ['an opaque token of three parts', 'a.b.c', 1],
    ['a JWT', `${HEADER}.e30.AAAA`, 2],
  ])('asks the store about %s, %s: %i time(s)', async (_, token, times) => {
    const { store, asked, resolve } = setUp()
    await store.save(token, record)
    expect(await resolve(token)).toEqual(record)
    expect(asked).toHaveLength(times)
  })

  test.each<[string, (settle: Settle) => void]>([
    ['finds the token', ({ fulfil }) => fulfil(record)],
    ['fails', ({ reject }) => reject(new Error('down'))],
  ])('waits for a store whose promise is not of the runtime and %s', async (_, settle) => {
    const find = () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then(fulfil: Settle['fulfil'], reject: Settle['reject']): void {
        settle({ fulfil, reject })
      },
    })
    const [found] = await Promise.allSettled([
      resolveWith({ ...createMemoryTokenStore(), find: find as unknown as TokenStore['find'] }, 'opaque'),
    ])
    const expected = Promise.withResolvers<unknown>()
    settle({ fulfil: expected.resolve, reject: expected.reject })
    expect([found]).toEqual(await Promise.allSettled([expected.promise]))
  })

  test('asks once about a JWT that is revoked or not in the store', async () => {
    const { store, asked, resolve } = setUp()
    expect(await resolve(`${HEADER}.e30.AAAA`)).toBeNull()
    await store.save(`${HEADER}.e30.BBBB`, { ...record, revoked: true })
    expect(await resolve(`${HEADER}.e30.BBBB`)).toMatchObject({ revoked: true })
    expect(asked).toHaveLength(2)
  })

  test('asks once when the store has no isRevoked', async () => {
    const { store, asked, resolveReadOnly } = setUp()
    await store.save(`${HEADER}.e30.AAAA`, record)
    expect(await resolveReadOnly(`${HEADER}.e30.AAAA`)).toEqual(record)
    expect(asked).toHaveLength(1)
  })

  test('marks a JWT as revoked that was revoked with another signature, and keeps the rest of its record', async () => {
    const { store, resolve } = setUp()
    const known = { ...record, sub: 'alice', grantId: 'grant-1' }
    await store.save(`${HEADER}.e30.AAAA`, known)
    await store.save(`${HEADER}.e31.AAAA`, known)
    await store.revoke(`${HEADER}.e30.AAAB`, record)
    expect(await resolve(`${HEADER}.e30.AAAA`)).toEqual({ ...known, revoked: true })
    expect(await resolve(`${HEADER}.e31.AAAA`)).toEqual(known)
  })
})
