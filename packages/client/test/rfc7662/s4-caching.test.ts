import { clientSecretBasic, IntrospectionClient, type IntrospectionClientOptions } from '@token-introspection/client'
import { expect, test } from 'vitest'
import { oneRequest } from '../one-request.ts'

const now = 1_764_000_000
const token = '2YotnFZFEjr1zCsicMWpAA'

function createClient(answer: () => Response, options: Partial<IntrospectionClientOptions> = {}) {
  const clock = { ms: now * 1000 }
  const asked = { count: 0 }
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    cache: { maxAgeSeconds: 60 },
    transport: {
      ...oneRequest,
      fetch: () => {
        asked.count += 1
        return Promise.resolve(answer())
      },
    },
    now: () => clock.ms,
    ...options,
  })
  return { client, clock, asked }
}

test.each([0, 60, 300])('SEC-07 SEC-16 keeps no answer past exp, with a leeway of %d s', async (leewaySeconds) => {
  const { client, clock, asked } = createClient(() => Response.json({ active: true, exp: now + 10 }), {
    response: { leewaySeconds },
  })
  await client.introspect(token)
  clock.ms += 9999
  await client.introspect(token)
  expect(asked.count).toBe(1)
  clock.ms += 1
  expect((await client.introspect(token)).active).toBe(leewaySeconds > 0)
  expect(asked.count).toBe(2)
  await client.introspect(token)
  expect(asked.count).toBe(3)
})

test('SEC-08 judges a cached answer by the current time', async () => {
  const { client, clock } = createClient(() => Response.json({ active: true, nbf: now - 1 }), {
    response: { leewaySeconds: 0 },
    cache: { maxAgeSeconds: 3600 },
  })
  expect((await client.introspect(token)).active).toBe(true)
  clock.ms -= 10_000
  expect((await client.introspect(token)).active).toBe(false)
})

test('SEC-09 caches nothing by default', async () => {
  for (const cache of [undefined, { maxAgeSeconds: 0 }]) {
    const { client, asked } = createClient(() => Response.json({ active: true }), { cache })
    await client.introspect(token)
    await client.introspect(token)
    expect(asked.count).toBe(2)
  }
})

test('SEC-10 keeps an answer without exp no longer than maxAgeSeconds', async () => {
  const { client, clock, asked } = createClient(() => Response.json({ active: true }))
  await client.introspect(token)
  clock.ms += 60_000
  await client.introspect(token)
  expect(asked.count).toBe(2)
})

test('SEC-13 keeps an inactive answer only briefly', async () => {
  let active = false
  const { client, clock, asked } = createClient(() => Response.json({ active }))
  await client.introspect(token)
  active = true
  clock.ms += 4999
  expect((await client.introspect(token)).active).toBe(false)
  expect(asked.count).toBe(1)
  clock.ms += 1
  expect((await client.introspect(token)).active).toBe(true)
})

test.each([
  ['a server that is down', () => new Response(null, { status: 503 })],
  ['refused credentials', () => new Response(null, { status: 401 })],
  ['a malformed answer', () => Response.json({ active: 'true' })],
  ['a date of the wrong type', () => Response.json({ active: true, exp: '1419356238' })],
  ['an untrusted answer', () => Response.json({ active: true, iat: now + 9999 })],
])('SEC-13 does not cache %s', async (_, broken) => {
  let up = false
  const { client, asked } = createClient(() => (up ? Response.json({ active: true }) : broken()))
  await expect(client.introspect(token)).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_/) as string })
  up = true
  expect((await client.introspect(token)).active).toBe(true)
  expect(asked.count).toBe(2)
})

test('SEC-14 does not use an old answer when the server is down', async () => {
  let up = true
  const { client, clock } = createClient(() =>
    up ? Response.json({ active: true }) : new Response(null, { status: 503 }),
  )
  await client.introspect(token)
  up = false
  clock.ms += 60_000
  await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS' })
})

test('SEC-15 gives a failure to all waiting calls, and sends a new request for the next call', async () => {
  let up = false
  const { client, asked } = createClient(() =>
    up ? Response.json({ active: true }) : new Response(null, { status: 500 }),
  )
  const calls = await Promise.allSettled(Array.from({ length: 500 }, () => client.introspect(token)))
  expect(calls.every(({ status }) => status === 'rejected')).toBe(true)
  expect(asked.count).toBe(1)
  up = true
  expect((await client.introspect(token)).active).toBe(true)
})

test('REV-07 forgets one token, or all tokens', async () => {
  let active = true
  const { client } = createClient(() => Response.json({ active }), { cache: { inactiveMaxAgeSeconds: 0 } })
  await client.introspect(token)
  await client.introspect('other')
  active = false
  await client.forget(token)
  expect((await client.introspect(token)).active).toBe(false)
  expect((await client.introspect('other')).active).toBe(true)
  await client.forgetAll()
  expect((await client.introspect('other')).active).toBe(false)
})
