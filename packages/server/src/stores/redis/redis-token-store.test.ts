import { describe, expect, test } from 'vitest'
import { digestToken } from '../token-store.ts'
import { type CallableRedisClient, createRedisTokenStore, type RedisTokenStoreOptions } from './index.ts'

const START = 1_764_000_000

const CLIENT: CallableRedisClient = { call: () => Promise.resolve(null) }

/** A store over a server without keys. The tests with a real server are in `test/contract`. */
function create(answer: (name: string, args: readonly string[]) => unknown = () => [null]) {
  const asked: [string, ...string[]][] = []
  const client = {
    async call(name: string, args: string[]) {
      asked.push([name, ...args])
      return await answer(name, args)
    },
  }
  return { asked, store: createRedisTokenStore({ client, now: () => START * 1000 }) }
}

describe('createRedisTokenStore', () => {
  test('does not use the client before the first call', () => {
    expect(create().asked).toEqual([])
  })

  test('looks up by the digest of a script', async () => {
    const { store, asked } = create()
    const digest = await digestToken('token')
    expect(await store.find(digest)).toBeNull()
    const sha1 = expect.stringMatching(/^[\da-f]{40}$/) as unknown
    expect(asked).toEqual([['EVALSHA', sha1, '2', '{introspection}:cutoff:', `{introspection}:token:${digest}`]])
  })

  test('says that it cannot list tokens, and where to list them', () => {
    const { store, asked } = create()
    expect(() => store.list({ sub: 'alice' })).toThrow(TypeError)
    expect(() => store.list({ sub: 'alice' })).toThrow('PostgreSQL or SQLite')
    expect(asked).toEqual([])
  })

  test('puts all keys into one slot of a cluster', async () => {
    const { store, asked } = create(() => [0, null])
    await store.save('token', { kind: 'access_token', sub: 'alice', grantId: '{other}' })
    await store.revokeGrant('{other}')
    await store.isRevoked('digest', { kind: 'access_token', sub: 'alice', grantId: '{other}' })
    for (const [, , count, ...rest] of asked) {
      const keys = rest.slice(0, Number(count))
      expect(keys.length).toBeGreaterThan(1)
      for (const key of keys) expect(key).toMatch(/^\{introspection\}:/)
    }
  })

  test.each([
    ['client', {}],
    ['client', { client: null }],
    ['client', { client: 'redis://localhost' }],
    ['client', { client: { get: () => undefined } }],
    ['keyPrefix', { client: CLIENT, keyPrefix: '' }],
    ['now', { client: CLIENT, now: 5 }],
    ['unstoredLifetimeSeconds', { client: CLIENT, unstoredLifetimeSeconds: -1 }],
    ['prefix', { client: CLIENT, prefix: 'a' }],
  ])('refuses a wrong option %s', (path, options) => {
    expect(() => createRedisTokenStore(options as unknown as RedisTokenStoreOptions)).toThrow(TypeError)
    expect(() => createRedisTokenStore(options as unknown as RedisTokenStoreOptions)).toThrow(`${path}:`)
  })
})
