/** Secrets that functions find: creating a client asks for none, and a failure refuses no token as bad. */
import { createRevocationKeys } from '@token-introspection/core/revocations'
import { describe, expect, test } from 'vitest'
import { clientSecretBasic, IntrospectionClient } from '../../src/index.ts'
import { MemoryCacheStore } from '../../src/cache/memory-cache-store.ts'
import { followFeed } from '../../src/feed/index.ts'

const SECRET = 'a secret of at least thirty-two characters'

function createClient(find: () => string | Promise<string>, types: string[] = []) {
  return new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', find),
    audience: 'urn:orders',
    cache: {
      store: new MemoryCacheStore({ maxEntries: 10, inactiveMaxEntries: 10, followed: undefined }),
      keySecret: find,
    },
    policy: { dpop: { origin: 'https://orders.example.com', nonce: { secret: find } } },
    transport: { fetch: async () => Response.json({ active: true, sub: 'alice', aud: 'urn:orders' }) },
    onWarning: false,
    onEvent: ({ type }) => types.push(type),
  })
}

const request = () => new Request('https://orders.example.com/', { headers: { authorization: 'Bearer good' } })

describe('a client whose secrets are functions', () => {
  test('asks for no secret when it is created, and for all when it is used', async () => {
    let calls = 0
    const client = createClient(() => {
      calls++
      return Promise.resolve(SECRET)
    })
    const guard = client.guard()
    followFeed({ keySecret: () => String(calls++) })
    expect(calls).toBe(0)
    expect((await guard(request())).allowed).toBe(true)
    expect(calls).toBeGreaterThan(0)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no vault')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no vault'))],
    ['returns no secret', () => ''],
  ])('answers 503 while a function %s, and goes on when it has the secret', async (_, fail) => {
    let find: () => string | Promise<string> = fail
    const types: string[] = []
    const client = createClient(() => find(), types)
    const guard = client.guard()
    const refused = await guard(request())
    expect(refused).toMatchObject({ allowed: false, status: 503, error: { code: 'ERR_SECRET_UNAVAILABLE' } })
    expect(types).toContain('guarded')
    find = () => SECRET
    expect((await guard(request())).allowed).toBe(true)
  })
})

test('a feed makes keys with the secret that its function finds, and asks again after a failure', async () => {
  const found: (string | Promise<string>)[] = ['', Promise.reject(new Error('no vault')), SECRET]
  const { keyOf } = followFeed({ keySecret: () => found.shift() ?? '' })
  for (const _ of ['too short', 'rejected']) {
    await expect(async () => keyOf?.('session', 's1')).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
  }
  expect(await keyOf?.('session', 's1')).toBe(await createRevocationKeys(SECRET)('session', 's1'))
  expect(await keyOf?.('subject', 'alice')).toBe(await createRevocationKeys(SECRET)('subject', 'alice'))
  expect(found).toEqual([])
})
