import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { digestToken } from '../token-store.ts'
import { type CallableRedisClient, createRedisTokenStore, type RedisTokenStoreOptions } from './redis-token-store.ts'

const START = 1_764_000_000

const CLIENT: CallableRedisClient = { call: () => Promise.resolve(null) }

/** A store over a server that has nothing in it. The real one is in `test/contract`. */
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
  test('asks nothing of the client until it is used', () => {
    expect(create().asked).toEqual([])
  })

  test('sends a script that the server does not know, and from then on its digest', async () => {
    const known = new Set<string>()
    const { store, asked } = create((name, [script = '']) => {
      if (name === 'EVALSHA' && !known.has(script)) throw new Error('NOSCRIPT No matching script. Please use EVAL.')
      if (name === 'EVAL') known.add(createHash('sha1').update(script).digest('hex'))
      return [null]
    })
    const digest = await digestToken('token')
    for (let times = 0; times < 2; times++) expect(await store.find(digest)).toBeNull()
    expect(asked.map(([name]) => name)).toEqual(['EVALSHA', 'EVAL', 'EVALSHA'])
    expect(asked[2]?.slice(2)).toEqual(['2', '{introspection}:cutoff:', `{introspection}:token:${digest}`])
  })

  test('does not try again what failed for another reason', async () => {
    const { store, asked } = create(() => {
      throw new Error('READONLY You can not write against a read only replica.')
    })
    await expect(store.revokeSubject('alice')).rejects.toThrow('READONLY')
    expect(asked).toHaveLength(1)
  })

  test('sends to a client that has no call()', async () => {
    const sent: string[][] = []
    const client = {
      sendCommand(args: string[]) {
        sent.push(args)
        return Promise.resolve([null])
      },
    }
    await createRedisTokenStore({ client }).find(await digestToken('token'))
    const key = `{introspection}:token:${await digestToken('token')}`
    const sha1 = expect.stringMatching(/^[\da-f]{40}$/) as unknown
    expect(sent).toEqual([['EVALSHA', sha1, '2', '{introspection}:cutoff:', key]])
  })

  test('calls a client that has both, because sendCommand() of ioredis takes something else', async () => {
    const calls: string[] = []
    const client = {
      call: (name: string) => Promise.resolve([calls.push(name)]),
      sendCommand: () => Promise.reject(new TypeError('not a command')),
    }
    await createRedisTokenStore({ client }).revoke('token')
    expect(calls).toEqual(['EVALSHA'])
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

  test('refuses what no store can keep, and asks nothing', async () => {
    const { store, asked } = create()
    await expect(store.save('', { kind: 'access_token' })).rejects.toThrow(/^token:/)
    await expect(store.save('token', { kind: 'access_token', exp: START * 1000 })).rejects.toThrow(/^record\.exp:/)
    await expect(store.revokeGrant('')).rejects.toThrow(/^grantId:/)
    await expect(store.revokeSession('')).rejects.toThrow(/^sessionId:/)
    await expect(store.revokeSubject('alice', START * 1000)).rejects.toThrow(/^at:/)
    await expect(store.revokeClient('')).rejects.toThrow(/^clientId:/)
    expect(asked).toEqual([])
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
