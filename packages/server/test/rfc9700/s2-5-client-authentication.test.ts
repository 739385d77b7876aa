/** RFC 9700 §2.5: callers that authenticate with a key of their own, without further configuration. */
import { describe, expect, test } from 'vitest'
import { ask, asserting, createKey, sign } from '../asking.ts'
import { basic, createEndpoint, json, RECORD } from '../endpoint.ts'

const key = await createKey('ES256')

async function createKeyOnlyEndpoint() {
  const { handler } = await createEndpoint({
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', jwks: { keys: [key.jwk] }, audiences: [RECORD.aud] }],
    },
  })
  return handler
}

describe('RFC 9700 §2.5', () => {
  test('a caller that registers only a key authenticates without further options (BCP-03)', async () => {
    const handler = await createKeyOnlyEndpoint()
    const response = await ask(handler, asserting(await sign(key)))
    expect([response.status, json(response)['active']]).toEqual([200, true])
    expect(
      handler.metadata({ url: 'https://as.example.com/introspect' }).introspection_endpoint_auth_methods_supported,
    ).toContain('private_key_jwt')
  })

  test.each(['', 'undefined', 'null', JSON.stringify(key.jwk)])(
    'a caller registered with a key cannot authenticate with a secret, such as %j (BCP-03)',
    async (secret) => {
      const handler = await createKeyOnlyEndpoint()
      const headers = { authorization: basic('orders-api', encodeURIComponent(secret)) }
      expect((await ask(handler, {}, { headers })).status).toBe(401)
      expect((await ask(handler, { client_id: 'orders-api', client_secret: secret })).status).toBe(401)
    },
  )
})
