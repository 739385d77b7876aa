import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { followFeed } from '@token-introspection/client/revocations'
import type { Warning } from '@token-introspection/core'
import { expect, onTestFinished, test, vi } from 'vitest'

const endpoint = 'https://as.example.com/introspect'

function createClient(status: number, options: Partial<IntrospectionClientOptions> = {}) {
  const clock = { ms: 1_764_000_000_000 }
  const client = new IntrospectionClient({
    endpoint: `${endpoint}?key=hunter2`,
    clientAuthentication: clientSecretBasic('api', 's3cr3t-of-api'),
    now: () => clock.ms,
    transport: {
      retry: false,
      circuitBreaker: false,
      fetch: () => Promise.resolve(Response.json({ error: 'x' }, { status })),
    },
    ...options,
  })
  return { client, clock }
}

async function fail(client: IntrospectionClient, times = 20): Promise<void> {
  for (let count = 0; count < times; count++) await client.introspect(`t0ken-${count}`).catch(() => undefined)
}

test.each([
  [401, 'ERR_TRANSPORT_UNAUTHORIZED'],
  [503, 'ERR_TRANSPORT_STATUS'],
])('a server that answers %i causes one warning a minute, without token, secret or query', async (status, code) => {
  const told: Warning[] = []
  const { client, clock } = createClient(status, { onWarning: (warning) => told.push(warning) })
  await fail(client)
  expect(told).toMatchObject([{ code, endpoint }])
  clock.ms += 60_000
  await fail(client)
  expect(told).toHaveLength(2)
  expect(JSON.stringify(told)).not.toMatch(/t0ken|s3cr3t|hunter2/)
})

test('warnings go to process.emitWarning without another listener', async () => {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  onTestFinished(() => {
    emitWarning.mockRestore()
  })
  await fail(createClient(401, { onWarning: false }).client)
  await fail(createClient(401, { onEvent: () => undefined }).client)
  expect(emitWarning).not.toHaveBeenCalled()
  await fail(createClient(401).client)
  expect(emitWarning.mock.calls).toMatchObject([
    [expect.stringContaining(endpoint), { type: 'TokenIntrospectionWarning', code: 'ERR_TRANSPORT_UNAUTHORIZED' }],
  ])
})

test('a token that is not active, and a call that its caller aborted, cause no warning', async () => {
  const told: Warning[] = []
  const { client } = createClient(200, {
    onWarning: (warning) => told.push(warning),
    transport: { fetch: () => Promise.resolve(Response.json({ active: false })) },
  })
  await fail(client)
  const hanging = createClient(200, {
    onWarning: (warning) => told.push(warning),
    transport: { fetch: () => new Promise(() => undefined) },
  })
  const caller = new AbortController()
  const call = hanging.client.introspect('a', { signal: caller.signal }).catch(() => undefined)
  caller.abort()
  await call
  expect(told).toEqual([])
})

test('a whole Authorization field in place of a token is inactive without a request, and causes a warning', async () => {
  const told: Warning[] = []
  const fetch = vi.fn(() => Promise.resolve(Response.json({ active: true })))
  for (const cache of [undefined, {}]) {
    const { client } = createClient(200, { onWarning: (warning) => told.push(warning), transport: { fetch }, cache })
    expect(await client.introspect('Bearer t0ken')).toEqual({ active: false })
    expect(await client.introspectWithLiveness('DPoP t0ken')).toMatchObject({ result: { active: false } })
  }
  expect(fetch).not.toHaveBeenCalled()
  // One for each client and minute.
  expect(told).toMatchObject([{ code: 'token_with_scheme' }, { code: 'token_with_scheme' }])
  expect(JSON.stringify(told)).not.toContain('t0ken')
})

test('a scheme in a form is refused with its reason, and causes no warning, because any sender may write it', async () => {
  const told: Warning[] = []
  const events: IntrospectionClientEvent[] = []
  const { client } = createClient(200, {
    onWarning: (warning) => told.push(warning),
    onEvent: (event) => events.push(event),
    token: { sources: ['header', 'form'] },
  })
  const body = new URLSearchParams({ access_token: 'Bearer t0ken' })
  const decision = await client.guard({ audience: false })(new Request('https://api.example', { method: 'POST', body }))
  expect(decision).toMatchObject({ allowed: false, status: 401, reason: 'token_inactive' })
  expect(events).toMatchObject([
    { type: 'introspected', source: 'unasked', inactiveReason: 'with_scheme' },
    { type: 'guarded', inactiveReason: 'with_scheme' },
  ])
  expect(told).toEqual([])
})

/** A client that follows a feed with this answer. Its introspection endpoint works. */
async function followAnswered(answer: () => Promise<Response>) {
  const told: Warning[] = []
  const events: IntrospectionClientEvent[] = []
  const { client } = createClient(200, {
    transport: {
      retry: false,
      fetch: (url) =>
        new URL(url).pathname === '/revocations' ? answer() : Promise.resolve(Response.json({ active: false })),
    },
    cache: { leaseSeconds: 3 },
    revocations: followFeed({ url: 'https://as.example.com/revocations?tenant=hunter2' }),
    onWarning: (warning) => told.push(warning),
    onEvent: (event) => events.push(event),
  })
  onTestFinished(() => client.close())
  await client.introspect('t0ken')
  await expect.poll(() => told).toHaveLength(1)
  const change = events.find((event) => event.type === 'feed_changed')
  expect(JSON.stringify([told, events])).not.toMatch(/t0ken|s3cr3t|hunter2/)
  return { warning: told[0], change }
}

const feed = 'https://as.example.com/revocations'

test.each([404, 405])(
  'a feed that answers %i is named in the warning and the event, with what to mount',
  async (status) => {
    const { warning, change } = await followAnswered(() => Promise.resolve(new Response('no', { status })))
    expect(warning).toMatchObject({ code: 'ERR_TRANSPORT_STATUS', endpoint: feed })
    expect(warning?.message).toMatch(
      new RegExp(`^revocation feed at ${feed}: status ${status}\\. Is the revocation feed served at this URL, for GET`),
    )
    expect(change).toMatchObject({ change: 'failed', endpoint: feed })
  },
)

test('a feed that answers nothing is named, with how long the client has waited', async () => {
  const { warning, change } = await followAnswered(() => new Promise(() => undefined))
  expect(warning).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', endpoint: feed })
  expect(warning?.message).toMatch(`${feed}: revocation feed: no answer within 1000 ms`)
  expect(change).toMatchObject({ change: 'failed', endpoint: feed })
})
