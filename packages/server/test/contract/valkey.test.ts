/** The token store and its log on Valkey, with both clients, by the same contracts as on Redis. */
import { revocationLogContract, tokenConsumptionContract, tokenStoreContract } from '@token-introspection/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { createRedisTokenStore } from '../../src/stores/redis/index.ts'
import { openIoredis, ownKeyPrefix, REDIS_LIBRARIES } from '../databases/open-redis.ts'
import { startValkey } from '../databases/start-redis.ts'
import { surviveOutage } from './survive-outage.ts'

const server = await startValkey('the tests of the token store on Valkey')
const url = server?.url ?? ''
afterAll(() => server?.stop())

describe.skipIf(server === undefined)('a token store on Valkey', () => {
  test('is tested on Valkey', async () => {
    const client = await openIoredis(url)
    expect(await client.info('server')).toMatch(/^server_name:valkey/m)
  })

  describe.each(REDIS_LIBRARIES)('over %s', (_, open) => {
    test.each([...tokenStoreContract(), ...tokenConsumptionContract()])('$title', async ({ run }) => {
      await run(createRedisTokenStore({ client: await open(url), keyPrefix: ownKeyPrefix() }))
    })

    test.each(revocationLogContract())('keeps a log of revocations: $title', async ({ run }) => {
      const keyPrefix = ownKeyPrefix()
      // Ahead of Valkey, which dates the beginning of the log and may come into the next second meanwhile.
      const aheadMs = Date.now() + 60_000
      const make = async (revocationLog?: true) =>
        createRedisTokenStore({ client: await open(url), keyPrefix, now: () => aheadMs, revocationLog })
      await run({ store: await make(true), other: await make(true), unlogged: await make(), keySecret: undefined })
    })
  })

  test.skipIf(server?.crash === undefined)('rejects while the server is down, and works afterwards', async () => {
    const client = await openIoredis(url)
    await surviveOutage(createRedisTokenStore({ client, keyPrefix: ownKeyPrefix() }), server)
  })
})
