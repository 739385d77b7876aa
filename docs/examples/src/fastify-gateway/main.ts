/**
 * Starts an authorization server, an API, and two processes of the gateway before it, and calls the API through both. Run it
 * with `REDIS_URL=redis://127.0.0.1:6379 node docs/examples/src/fastify-gateway/main.ts`. It removes its keys at the end.
 */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createClient } from 'redis'
import { runExample } from '../checks/run-example.ts'
import { send } from '../checks/send.ts'
import { startProgram } from '../checks/start-program.ts'
import { waitFor } from '../checks/wait-for.ts'
import { ORDERS_API } from '../demo/authorization-server.ts'
import { listen, stop } from '../demo/listen.ts'

const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'

process.exitCode = await runExample(async ({ as, introspections, expect }) => {
  // The API knows nothing of tokens. It believes the fields of the gateway, and shows what it got.
  const api = createServer(({ headers }, response) => {
    const { authorization, 'x-auth-subject': subject, 'x-auth-scope': scope } = headers
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ orders: ['1 book'], subject, scope, hasToken: authorization !== undefined }))
  })
  const upstream = `http://127.0.0.1:${(await listen(api, 0)).port}`

  const keyPrefix = `{example-${randomUUID()}}:`
  const settings = {
    ISSUER: as.issuer,
    CLIENT_SECRET: ORDERS_API.secret,
    UPSTREAM: upstream,
    REDIS_URL,
    KEY_PREFIX: keyPrefix,
    KEY_SECRET: randomUUID(),
  }
  const [first, second] = await Promise.all([
    startProgram(new URL('start.ts', import.meta.url), settings),
    startProgram(new URL('start.ts', import.meta.url), settings),
  ])
  for (const { line: origin } of [first, second]) {
    expect(
      'a process of the gateway becomes ready',
      await waitFor(async () => (await send(`${origin}/ready`)).status === 200),
      true,
    )
  }
  const viaFirst = (token?: string, headers?: Record<string, string>) =>
    send(`${first.line}/orders/1`, { token, headers })
  const viaSecond = (token?: string) => send(`${second.line}/orders/1`, { token })

  const token = await as.issueToken({ sub: 'J\u00fcrgen' })
  introspections.length = 0
  const seen = { orders: ['1 book'], subject: 'J%C3%BCrgen', scope: 'orders:read', hasToken: false }
  expect('the API learns who calls, and gets no token', (await viaFirst(token)).body, seen)
  // A response does not wait for the store.
  await waitFor(async () => (await keysOf(keyPrefix)).length > 0)
  expect('the other process lets the token pass as well', (await viaSecond(token)).body, seen)
  expect('without an introspection of its own', introspections.length, 1)
  const forged = await viaFirst(token, { 'x-auth-subject': 'admin', 'x-auth-scope': 'everything' })
  expect('a sender cannot choose who it is', forged.body, seen)

  expect('a request without a token does not reach the API', (await viaFirst()).status, 401)
  const weak = await as.issueToken({ scope: 'orders:list' })
  expect('nor does a token without the scope', (await viaFirst(weak)).status, 403)

  await as.stop()
  expect('in an outage, the remembered answer still counts', (await viaSecond(token)).status, 200)
  expect('and a new token gets 503', (await viaSecond('unknown')).status, 503)
  await as.start()

  await Promise.all([first.stop(), second.stop()])
  await stop(api)
  await removeKeys(keyPrefix)
})

async function keysOf(keyPrefix: string): Promise<string[]> {
  await using redis = await connect()
  const found: string[] = []
  for await (const keys of redis.client.scanIterator({ MATCH: `${keyPrefix}*` })) found.push(...keys)
  return found
}

async function removeKeys(keyPrefix: string): Promise<void> {
  const keys = await keysOf(keyPrefix)
  await using redis = await connect()
  if (keys.length > 0) await redis.client.del(keys)
}

async function connect() {
  const client = createClient({ url: REDIS_URL })
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.close() }
}
