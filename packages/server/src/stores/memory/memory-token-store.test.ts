import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createMemoryTokenStore, type MemoryTokenStoreOptions } from './memory-token-store.ts'
import type { TokenRecord } from '../token-record.ts'
import { digestToken } from '../token-store.ts'

const START = 1_764_000_000

/** A store that holds every token by default, and its clock in seconds. */
function create(unstoredLifetimeSeconds = 0) {
  const clock = { seconds: START }
  return { clock, store: createMemoryTokenStore({ now: () => clock.seconds * 1000, unstoredLifetimeSeconds }) }
}

function lasting(seconds: number): TokenRecord {
  return { kind: 'access_token', exp: START + seconds }
}

async function save(
  store: ReturnType<typeof createMemoryTokenStore>,
  prefix: string,
  count: number,
  record: TokenRecord,
) {
  for (let index = 0; index < count; index++) await store.save(`${prefix}-${index}`, record)
}

describe('createMemoryTokenStore', () => {
  test('reads no clock and draws nothing at random before it is used, as a worker requires', async () => {
    const [clock, random] = [vi.fn(() => START * 1000), vi.spyOn(crypto, 'getRandomValues')]
    onTestFinished(() => random.mockRestore())
    const store = createMemoryTokenStore({ now: clock, revocationLog: true })
    expect([clock.mock.calls, random.mock.calls]).toEqual([[], []])
    await store.revokeGrant('grant-1')
    expect(await store.revocations?.readOldest?.(1)).toMatchObject({ since: START, events: [{ kind: 'grant' }] })
  })

  test('finds without a promise', async () => {
    const { store } = create()
    await store.save('token', lasting(60))
    expect(store.find(await digestToken('token'))).toEqual(lasting(60))
  })

  test('keeps a token under its digest, which is SHA-256 in base64url', async () => {
    const { store } = create()
    await store.save('abc', lasting(60))
    expect(store.find('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')).not.toBeNull()
  })

  test('returns the same frozen record to every caller', async () => {
    const store = createMemoryTokenStore<{ roles: string[] }>()
    await store.save('token', { kind: 'access_token', exp: START + 60, aud: ['a'], claims: { roles: ['reader'] } })
    const found = store.find(await digestToken('token'))
    expect(found).toBe(store.find(await digestToken('token')))
    expect([found, found?.aud, found?.claims, found?.claims?.roles].map(Object.isFrozen)).toEqual([
      true,
      true,
      true,
      true,
    ])
  })

  test('accepts a record that is frozen or refers to itself', async () => {
    const { store } = create()
    const claims: { self?: object } = {}
    claims.self = claims
    await store.save('token', Object.freeze({ ...lasting(60), claims }))
    expect(store.size).toBe(1)
  })

  test('keeps a tombstone of a revoked token', async () => {
    const { store } = create()
    await store.save('token', { ...lasting(60), sub: 'alice' })
    await store.revoke('token')
    expect(store.find(await digestToken('token'))).toEqual({ ...lasting(60), revoked: true })
  })

  describe('sweep', () => {
    test('forgets expired tokens as it grows', async () => {
      const { store, clock } = create()
      await save(store, 'short', 1000, lasting(60))
      clock.seconds = START + 60
      await save(store, 'long', 23, lasting(3600))
      expect(store.size).toBe(1023)
      await save(store, 'last', 1, lasting(3600))
      expect(store.size).toBe(24)
    })

    test('keeps live tokens, to the second', async () => {
      const { store, clock } = create()
      await save(store, 'short', 1000, lasting(60))
      clock.seconds = START + 59.999
      await save(store, 'long', 24, lasting(3600))
      expect(store.size).toBe(1024)
    })

    test('forgets a revoked token five minutes after its expiry, and never one without exp', async () => {
      const { store, clock } = create()
      await save(store, 'short', 400, lasting(60))
      await save(store, 'endless', 600, { kind: 'access_token' })
      for (let index = 0; index < 400; index++) await store.revoke(`short-${index}`)
      for (let index = 0; index < 400; index++) await store.revoke(`endless-${index}`)
      clock.seconds = START + 359
      await save(store, 'more', 24, { kind: 'access_token' })
      expect(store.size).toBe(1024)
      clock.seconds = START + 360
      await save(store, 'yet more', 1024, { kind: 'access_token' })
      expect(store.size).toBe(1648)
      expect(store.find(await digestToken('endless-0'))?.revoked).toBe(true)
      expect(store.find(await digestToken('endless-400'))?.revoked).toBeUndefined()
    })

    test('waits until the number of live tokens has doubled', async () => {
      const { store, clock } = create()
      await save(store, 'long', 1500, lasting(3600))
      clock.seconds = START + 3600
      await save(store, 'next', 547, lasting(7200))
      expect(store.size).toBe(2047)
      await save(store, 'last', 1, lasting(7200))
      expect(store.size).toBe(548)
    })

    test('never holds much more than twice the live tokens', async () => {
      const { store, clock } = create()
      let largest = 0
      for (let round = 0; round < 50; round++) {
        clock.seconds = START + round * 60
        await save(store, `round-${round}`, 1000, { kind: 'access_token', exp: clock.seconds + 60 })
        largest = Math.max(largest, store.size)
      }
      expect(largest).toBeLessThanOrEqual(2048)
    })
  })

  describe('revocation of many tokens', () => {
    test.each([
      ['revokeGrant', { grantId: 'x' }],
      ['revokeSession', { sessionId: 'x' }],
      ['revokeSubject', { sub: 'x' }],
      ['revokeClient', { client_id: 'x' }],
    ] as const)('marks the tokens that %s revokes, and keeps their other members', async (method, members) => {
      const { store } = create()
      await store.save('token', { ...lasting(60), ...members })
      const before = store.find(await digestToken('token'))
      await store[method]('x')
      expect(before).toEqual({ ...lasting(60), ...members })
      expect(store.find(await digestToken('token'))).toEqual({ ...lasting(60), ...members, revoked: true })
      expect(Object.isFrozen(store.find(await digestToken('token')))).toBe(true)
    })

    test.each(['revokeSubject', 'revokeClient'] as const)('dates %s by its clock, to the second', async (method) => {
      const { store, clock } = create()
      clock.seconds = START + 0.999
      const members = { kind: 'access_token', sub: 'x', client_id: 'x' } as const
      await store.save('same second', { ...members, iat: START })
      await store.save('next second', { ...members, iat: START + 1 })
      await store[method]('x')
      expect(store.find(await digestToken('same second'))?.revoked).toBe(true)
      expect(store.find(await digestToken('next second'))?.revoked).toBeUndefined()
    })

    test('is forgotten as the store grows, together with its tokens, which stay revoked until then', async () => {
      const { store, clock } = create()
      await save(store, 'alice', 500, { kind: 'refresh_token', sub: 'alice', iat: START })
      await store.revokeSubject('alice')
      clock.seconds = START + 3600
      await save(store, 'bob', 522, lasting(9000))
      expect(store.size).toBe(1022)
      await save(store, 'last', 1, lasting(9000))
      expect(store.size).toBe(523)
      await store.save('after', { kind: 'refresh_token', sub: 'alice', iat: START })
      expect(store.find(await digestToken('after'))?.revoked).toBeUndefined()
    })

    test('applies to tokens saved late, for an hour, however the store grows', async () => {
      const { store, clock } = create()
      await store.revokeSubject('alice', START + 10)
      await store.revokeGrant('grant')
      clock.seconds = START + 3599
      await save(store, 'others', 2000, lasting(9000))
      await store.save('late', { kind: 'refresh_token', sub: 'alice', iat: START + 10 })
      await store.save('late too', { kind: 'refresh_token', grantId: 'grant' })
      expect(store.find(await digestToken('late'))?.revoked).toBe(true)
      expect(store.find(await digestToken('late too'))?.revoked).toBe(true)
    })

    test.each(['revokeGrant', 'revokeSession', 'revokeSubject', 'revokeClient'] as const)(
      'of %s unknown identifiers alone makes the store sweep old entries',
      async (method) => {
        const { store, clock } = create()
        await save(store, 'short', 23, lasting(60))
        for (let index = 0; index < 1000; index++) await store[method](`unknown-${index}`)
        expect(store.size).toBe(23)
        clock.seconds = START + 3600
        for (let index = 0; index < 1023; index++) await store[method](`later-${index}`)
        expect(store.size).toBe(0)
      },
    )

    test.each([
      ['revokeGrant', ['']],
      ['revokeGrant', [undefined]],
      ['revokeSession', ['']],
      ['revokeSubject', ['']],
      ['revokeSubject', ['alice', START * 1000]],
      ['revokeSubject', ['alice', Number.NaN]],
      ['revokeSubject', ['alice', START + 0.5]],
      ['revokeClient', ['']],
    ] as ['revokeGrant' | 'revokeSession' | 'revokeSubject' | 'revokeClient', [string, number?]][])(
      'refuses %s(%j), which would revoke nothing',
      async (method, values) => {
        await expect(create().store[method](...(values as [string]))).rejects.toThrow(TypeError)
      },
    )
  })

  describe('revocation of tokens that it does not hold', () => {
    const jwt: TokenRecord = { ...lasting(60), sub: 'alice', client_id: 'web', iat: START }

    test('answers without a promise', async () => {
      const { store } = create()
      const digest = await digestToken('jwt')
      expect(store.isRevoked(digest, jwt)).toBe(false)
      await store.revoke('jwt', jwt)
      expect(store.isRevoked(digest, jwt)).toBe(true)
      expect(store.find(digest)).toStrictEqual({ ...lasting(60), iat: START, revoked: true })
    })

    test('counts a tombstone as one entry, which replaces the token if the store held it', async () => {
      const { store } = create()
      await store.save('jwt', jwt)
      for (let times = 0; times < 2; times++) await store.revoke('jwt', jwt)
      expect(store.size).toBe(1)
      await store.revoke('other', jwt)
      expect(store.size).toBe(2)
      await store.save('other', jwt)
      expect(store.size).toBe(2)
    })

    test('keeps tombstones five minutes longer than the tokens, however the store grows, and then sweeps them', async () => {
      const { store, clock } = create()
      await store.revoke('jwt', jwt)
      await store.revoke('endless', { kind: 'access_token' })
      const isRevoked = async (token: string) => store.isRevoked(await digestToken(token), { kind: 'access_token' })
      clock.seconds = START + 60 + 299
      await save(store, 'a', 2000, lasting(9000))
      expect([await isRevoked('jwt'), await isRevoked('endless')]).toEqual([true, true])
      clock.seconds = START + 60 + 300
      await save(store, 'b', 3000, lasting(9000))
      expect([await isRevoked('jwt'), await isRevoked('endless')]).toEqual([false, true])
    })

    test('makes the store sweep, so that tombstones alone cannot fill it', async () => {
      const { store, clock } = create()
      for (let index = 0; index < 1023; index++) await store.revoke(`jwt-${index}`, jwt)
      expect(store.size).toBe(1023)
      clock.seconds = START + 360
      await store.revoke('last', { ...jwt, exp: START + 420 })
      expect(store.size).toBe(1)
    })

    test.each(['revokeGrant', 'revokeSession', 'revokeSubject', 'revokeClient'] as const)(
      'applies after %s as long as an unstored token can live that was issued an hour late (SEC-03)',
      async (method) => {
        const { store, clock } = create(90_000)
        const record: TokenRecord = { kind: 'access_token', grantId: 'x', sessionId: 'x', sub: 'x', client_id: 'x' }
        await store[method]('x')
        clock.seconds = START + 93_599
        await save(store, 'others', 2000, { kind: 'refresh_token' })
        expect(store.isRevoked('digest', { ...record, iat: START })).toBe(true)
        clock.seconds = START + 93_600
        await save(store, 'more', 3000, { kind: 'refresh_token' })
        expect(store.isRevoked('digest', { ...record, iat: START })).toBe(false)
      },
    )

    test('assumes a lifetime of one hour for such tokens by default', async () => {
      const clock = { seconds: START }
      const store = createMemoryTokenStore({ now: () => clock.seconds * 1000 })
      await store.revokeSubject('alice')
      clock.seconds = START + 7199
      await save(store, 'others', 2000, { kind: 'refresh_token' })
      expect(store.isRevoked('digest', jwt)).toBe(true)
      clock.seconds = START + 7200
      await save(store, 'more', 3000, { kind: 'refresh_token' })
      expect(store.isRevoked('digest', jwt)).toBe(false)
    })
  })

  test('ignores changes to a record while it is saved', async () => {
    const { store } = create()
    const record = { kind: 'access_token' as const, sub: 'alice' }
    const saved = store.save('token', record)
    record.sub = 'mallory'
    await saved
    expect(store.find(await digestToken('token'))?.sub).toBe('alice')
  })

  test.each<[string, string, object, string]>([
    ['an empty token', '', {}, 'token:'],
    ['an unknown kind', 'token', { kind: 'id_token' }, 'record.kind:'],
    ['no kind', 'token', { kind: undefined }, 'record.kind:'],
    ['exp in milliseconds', 'token', { exp: START * 1000 }, 'record.exp:'],
    ['exp as text', 'token', { exp: '1764000000' }, 'record.exp:'],
    ['iat with a fraction', 'token', { iat: START + 0.5 }, 'record.iat:'],
    ['nbf before the epoch', 'token', { nbf: -1 }, 'record.nbf:'],
    ['nbf that is not a number', 'token', { nbf: Number.NaN }, 'record.nbf:'],
    ['an empty grant', 'token', { grantId: '' }, 'record.grantId:'],
    ['a grant that is a number', 'token', { grantId: 7 }, 'record.grantId:'],
    ['an empty session', 'token', { sessionId: '' }, 'record.sessionId:'],
  ])('refuses to save %s and keeps nothing', async (_, token, members, path) => {
    const { store } = create()
    const saved = store.save(token, { kind: 'access_token', ...members })
    await expect(saved).rejects.toThrow(TypeError)
    await expect(saved).rejects.toThrow(path)
    expect(store.size).toBe(0)
  })

  test.each([
    ['now', { now: 5 }],
    ['clock', { clock: Date.now }],
    ['unstoredLifetimeSeconds', { unstoredLifetimeSeconds: -1 }],
    ['unstoredLifetimeSeconds', { unstoredLifetimeSeconds: 0.5 }],
    ['unstoredLifetimeSeconds', { unstoredLifetimeSeconds: Number.POSITIVE_INFINITY }],
  ])('refuses a wrong option %s', (path, options) => {
    expect(() => createMemoryTokenStore(options as unknown as MemoryTokenStoreOptions)).toThrow(TypeError)
    expect(() => createMemoryTokenStore(options as unknown as MemoryTokenStoreOptions)).toThrow(`${path}:`)
  })

  test('uses the clock of the system by default', async () => {
    const store = createMemoryTokenStore()
    await save(store, 'gone', 1023, { kind: 'access_token', exp: 1 })
    await save(store, 'kept', 1, { kind: 'access_token', exp: Math.floor(Date.now() / 1000) + 60 })
    expect(store.size).toBe(1)
  })
})
