import { clientSecretBasic, IntrospectionClient, type IntrospectionClientOptions } from '@token-introspection/client'
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
