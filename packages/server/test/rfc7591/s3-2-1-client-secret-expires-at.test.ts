/** RFC 7591 §3.2.1: `client_secret_expires_at`, at which the secret of a caller stops working. */
import { describe, expect, test, vi } from 'vitest'
import type { ClientSecret } from '../../src/index.ts'
import { type Around, ask, asserting, sign } from '../asking.ts'
import { basic, createEndpoint, type Endpoint, NOW, RECORD, type WireResponse } from '../endpoint.ts'

const OLD = 'old-secret-of-orders-Jm4qWv7x-32-octets'
const NEW = 'new-secret-of-orders-Tz9kLp2d-32-octets'

type Present = (endpoint: Endpoint, secret: string) => Promise<WireResponse>

const byBasic: Present = ({ handler }, secret) =>
  ask(handler, {}, { headers: { authorization: basic('orders-api', secret) } })
const byPost: Present = ({ handler }, secret) => ask(handler, { client_id: 'orders-api', client_secret: secret })
const byHmac: Present = async ({ handler }, secret) => {
  const key = { algorithm: 'HS256', privateKey: new TextEncoder().encode(secret) }
  return ask(handler, asserting(await sign(key, { exp: NOW + 240 })))
}

/** An endpoint whose caller has two secrets. The old one expires in two minutes. The clock of the test can be set. */
async function rotating({ asHashes = false, byFunction = false } = {}) {
  const clock = { ms: NOW * 1000 }
  const registered = (secret: string): string => (asHashes ? `hash of ${secret}` : secret)
  const clientSecrets: ClientSecret[] = [registered(NEW), { secret: registered(OLD), expiresAt: NOW + 120 }]
  const entry = { id: 'orders-api', clientSecrets, audiences: [RECORD.aud] }
  const endpoint = await createEndpoint({
    now: () => clock.ms,
    clientAuthentication: {
      methods: ['client_secret_basic', 'client_secret_post', ...(asHashes ? [] : (['client_secret_jwt'] as const))],
      ...(asHashes && { verifySecret: (presented: string, hash: string) => hash === `hash of ${presented}` }),
      ...(byFunction ? { findProtectedResource: () => entry } : { protectedResources: [entry] }),
    },
  })
  return { endpoint, clock }
}

describe('client_secret_expires_at', () => {
  test.each<[string, Present, Parameters<typeof rotating>[0]]>([
    ['client_secret_basic', byBasic, {}],
    ['client_secret_post', byPost, {}],
    ['client_secret_jwt', byHmac, {}],
    ['client_secret_basic and hashes', byBasic, { asHashes: true }],
    ['client_secret_post and a registry function', byPost, { byFunction: true }],
  ])(
    'ends a secret at its time, remembered or not, and leaves the new one alone, with %s (AUTH-13)',
    async (...row) => {
      const [, present, options] = row
      const { endpoint, clock } = await rotating(options)
      expect([(await present(endpoint, OLD)).status, (await present(endpoint, NEW)).status]).toEqual([200, 200])
      clock.ms = (NOW + 120) * 1000 - 1
      expect((await present(endpoint, OLD)).status).toBe(200)
      clock.ms += 1
      const [expired, again, wrong] = [
        await present(endpoint, OLD),
        await present(endpoint, OLD),
        await present(endpoint, 'wrong-secret-of-orders-32-octets-long'),
      ]
      expect(expired.status).toBe(401)
      // The caller cannot tell an expired secret from a wrong one.
      expect([expired, again]).toEqual([wrong, wrong])
      expect((await present(endpoint, NEW)).status).toBe(200)
    },
  )

  test.each<[string, Present]>([
    ['client_secret_basic', byBasic],
    ['client_secret_jwt', byHmac],
  ])('tells the operator that the secret has expired, without the secret, with %s (AUTH-13)', async (_, present) => {
    const { endpoint, clock } = await rotating()
    clock.ms += 120_000
    await present(endpoint, OLD)
    const event = endpoint.events.at(-1)
    expect(event).toMatchObject({
      type: 'refused',
      error: {
        code: 'ERR_CLIENT_AUTHENTICATION_FAILED',
        complaint: { rule: 'expiresAt', got: 'a secret of "orders-api" that expired at 2025-11-24T16:02:00.000Z' },
      },
    })
    const { error } = event as { error: Error & { complaint: unknown } }
    expect(`${error.message}${JSON.stringify(error.complaint)}`).not.toContain(OLD)
  })

  test('is reported in the week before it, while the secret is used (AUTH-13)', async () => {
    const { endpoint } = await rotating()
    await byBasic(endpoint, NEW)
    expect(endpoint.events.filter(({ type }) => type === 'warning')).toEqual([])
    await byBasic(endpoint, OLD)
    await byBasic(endpoint, OLD)
    const warnings = endpoint.events.filter(({ type }) => type === 'warning')
    expect(warnings).toMatchObject([{ type: 'warning', code: 'client-secret-expires' }])
    expect(JSON.stringify(warnings)).not.toContain(OLD)
  })

  test('counts an expired secret as a failure, as it counts a wrong one (AUTH-13)', async () => {
    const { endpoint, clock } = await rotating()
    clock.ms += 120_000
    const around: Around = { headers: { authorization: basic('orders-api', OLD) }, remoteAddress: '192.0.2.66' }
    for (let attempt = 0; attempt < 20; attempt++) expect((await ask(endpoint.handler, {}, around)).status).toBe(401)
    expect((await ask(endpoint.handler, {}, around)).status).toBe(429)
  })

  test('costs as many verifications of hashes as a wrong secret (AUTH-13)', async () => {
    const verifySecret = vi.fn((presented: string, hash: string) => hash === `hash of ${presented}`)
    const { handler } = await createEndpoint({
      clientAuthentication: {
        verifySecret,
        protectedResources: [
          {
            id: 'orders-api',
            clientSecrets: [
              { secret: `hash of ${OLD}`, expiresAt: NOW - 1 },
              { secret: 'hash of an older one', expiresAt: NOW - 2 },
              `hash of ${NEW}`,
            ],
          },
        ],
      },
    })
    const costs: number[] = []
    for (const secret of [OLD, 'wrong', OLD]) {
      verifySecret.mockClear()
      const response = await ask(handler, {}, { headers: { authorization: basic('orders-api', secret) } })
      expect(response.status).toBe(401)
      costs.push(verifySecret.mock.calls.length)
    }
    expect(costs).toEqual([3, 3, 3])
  })

  test.each<[string, unknown, string]>([
    ['milliseconds', NOW * 1000, 'clientAuthentication.protectedResources[0].clientSecrets[0].expiresAt: must be a nu'],
    ['nothing', undefined, 'clientAuthentication.protectedResources[0].clientSecrets[0].expiresAt: is required'],
  ])('must be a date in seconds, not %s', async (_, expiresAt, message) => {
    const clientSecrets = [{ secret: OLD, expiresAt } as ClientSecret]
    await expect(
      createEndpoint({ clientAuthentication: { protectedResources: [{ id: 'orders-api', clientSecrets }] } }),
    ).rejects.toThrow(message)
  })
})
