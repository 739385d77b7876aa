/** A wrong clock is noticed by the answers of the server. */
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  type Warning,
} from '@token-introspection/client'
import { describe, expect, onTestFinished, test } from 'vitest'

const AHEAD_MS = 3_600_000

/** A client of a server that answers with these header fields, and two calls. */
async function ask(fields: () => Record<string, string>, options: Partial<IntrospectionClientOptions>, status = 200) {
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect?key=secret',
    clientAuthentication: clientSecretBasic('api', 's3cr3t'),
    ...options,
    transport: {
      retry: false,
      fetch: () => Promise.resolve(Response.json({ active: false }, { status, headers: fields() })),
    },
  })
  onTestFinished(() => client.close())
  for (const token of ['one', 'two', 'three']) await client.introspect(token).catch(() => undefined)
}

function ahead(): Record<string, string> {
  return { date: new Date(Date.now() + AHEAD_MS).toUTCString() }
}

function same(): Record<string, string> {
  return { date: new Date().toUTCString() }
}

describe('a clock that differs from that of the server', () => {
  test.each([200, 401, 503])('is reported once, by answers of the status %d', async (status) => {
    const events: IntrospectionClientEvent[] = []
    await ask(ahead, { onEvent: (event) => void events.push(event) }, status)
    const reported = events.filter((event) => event.type === 'clock_differs')
    expect(reported).toHaveLength(1)
    expect(reported[0]?.differenceSeconds).toBeGreaterThan(AHEAD_MS / 1000 - 60)
    expect(reported[0]).toMatchObject({ evidence: 'date', client: { endpoint: 'https://as.example.com/introspect' } })
  })

  test('is a warning without a listener', async () => {
    const warnings: Warning[] = []
    await ask(ahead, { onWarning: (warning) => void warnings.push(warning) })
    expect(warnings).toMatchObject([{ code: 'clock_differs', endpoint: 'https://as.example.com/introspect' }])
  })

  test.each<[string, () => Record<string, string>, Partial<IntrospectionClientOptions>]>([
    ['for answers of the same time', same, {}],
    ['for answers from a cache', () => ({ ...ahead(), age: '5' }), {}],
    ['for answers without a date', () => ({}), {}],
    ['for a clock of the application', ahead, { now: () => Date.now() }],
  ])('is not reported %s', async (_, fields, options) => {
    const events: IntrospectionClientEvent[] = []
    await ask(fields, { ...options, onEvent: (event) => void events.push(event) })
    expect(events.filter(({ type }) => type === 'clock_differs')).toEqual([])
    expect(events).not.toEqual([])
  })
})
