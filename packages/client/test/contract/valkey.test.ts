/** The cache store, the replay store and the follower on Valkey, with both clients, by the same contracts as on Redis. */
import { createRedisCacheStore, createRedisReplayStore, followRedisFeed } from '@token-introspection/client/redis'
import { createIntrospectionHandler } from '@token-introspection/server'
import { createRedisTokenStore } from '@token-introspection/server/redis'
import { cacheStoreContract, replayStoreContract } from '@token-introspection/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { ownKeyPrefix, REDIS_LIBRARIES } from '../../../server/test/databases/open-redis.ts'
import { startValkey } from '../../../server/test/databases/start-redis.ts'
import { clientSecretBasic, IntrospectionClient } from '../../src/index.ts'

const server = await startValkey('the tests of the stores of the client on Valkey')
const url = server?.url ?? ''
const audience = 'https://orders.example.com'
afterAll(() => server?.stop())

describe.skipIf(server === undefined).each(REDIS_LIBRARIES)('on Valkey, over %s', (_, open) => {
  test.each(cacheStoreContract())('cache store: $title', async ({ run }) => {
    await run(createRedisCacheStore({ client: await open(url), keyPrefix: ownKeyPrefix() }))
  })

  test.each(replayStoreContract({ maxKeysPerOwner: 1200 }))('replay store: $title', async ({ run }) => {
    await run(createRedisReplayStore({ client: await open(url), keyPrefix: ownKeyPrefix(), maxKeysPerOwner: 1200 }))
  })

  test('followRedisFeed hears of a revocation, and the kept answer is not used again', async () => {
    const keyPrefix = ownKeyPrefix()
    const store = createRedisTokenStore({ client: await open(url), keyPrefix, revocationLog: true })
    await store.save('token', { kind: 'access_token', sub: 'alice', aud: audience })
    const handler = createIntrospectionHandler({
      issuer: 'https://as.example.com',
      clientAuthentication: { protectedResources: [{ id: 'api', clientSecrets: ['s3cr3t'], audiences: [audience] }] },
      lookup: { store },
      revocations: store.revocations,
    })
    await using client = new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: clientSecretBasic('api', 's3cr3t'),
      cache: { maxAgeSeconds: 600 },
      revocations: followRedisFeed({ client: await open(url), keyPrefix }),
      transport: { fetch: (input, init) => handler(new Request(input, init)), deadlineMs: 60_000 },
      onWarning: false,
    })
    expect(await client.introspect('token')).toMatchObject({ active: true, sub: 'alice' })
    await expect.poll(() => client.statistics().feed?.isListening).toBe(true)
    expect(await client.introspect('token')).toMatchObject({ active: true })
    await store.revoke('token')
    await expect.poll(async () => (await client.introspect('token')).active).toBe(false)
  })
})
