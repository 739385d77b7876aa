import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClient } from 'redis'
import { afterAll, describe, expect, test } from 'vitest'
import { startRedis } from '../../../packages/server/test/databases/start-redis.ts'

const program = fileURLToPath(new URL('../src/revocations/main.ts', import.meta.url))
const run = promisify(execFile)
const server = await startRedis('the example of revocations')
afterAll(() => server?.stop())

describe.skipIf(server === undefined)('the example of revocations on Redis', () => {
  test('has three APIs that refuse a revoked token, exits 0, and leaves no keys', async () => {
    const env = { ...process.env, REDIS_URL: server?.url }
    const { stdout, stderr } = await run(process.execPath, [program], { env })
    expect(stderr).toBe('')
    expect(stdout).toContain('1500 calls with the token, 3 introspection requests')
    for (const name of ['orders', 'invoices', 'reports']) {
      expect(stdout).toMatch(new RegExp(`${name}-api refused the token [\\d.]+ ms after its revocation`))
    }
    expect(stdout).toContain('✔ as expected')
    expect(stdout).not.toContain('api-secret')

    const client = createClient({ url: server?.url ?? '' })
    await client.connect()
    const left = await client.keys('{example-*')
    client.destroy()
    expect(left).toEqual([])
  })
})
