import { createClient } from 'redis'
import { afterAll, describe, expect, test } from 'vitest'
import { startRedis } from '../../../packages/server/test/databases/start-redis.ts'
import { runProgram } from './run-program.ts'

const redis = await startRedis('the example of a gateway in Fastify')
afterAll(() => redis?.stop())

describe.skipIf(redis === undefined)('the gateway in Fastify', () => {
  test('shares answers between its processes, tells the API who calls, and leaves no keys', async () => {
    const environment = { REDIS_URL: redis?.url }
    const stdout = await runProgram('fastify-gateway/main.ts', { comparisons: 10, environment })
    expect(stdout).not.toContain('api-secret')
    const client = createClient({ url: redis?.url ?? '' })
    await client.connect()
    expect(await client.keys('{example*')).toEqual([])
    client.destroy()
  })
})
