/** The server reads the wire vectors that the client is tested with. */
import { wireVectors } from '@token-introspection/testing'
import { describe, expect, test } from 'vitest'
import { createIntrospectionHandler, createMemoryTokenStore } from '../../src/index.ts'
import { ISSUER, json, post, send } from '../endpoint.ts'

const RESOURCE = 'https://protected.example.net/resource'

describe('wire vectors', () => {
  test.each(wireVectors.basicCredentials)('authenticates $clientId by $authorization', async (vector) => {
    const { authorization, clientId, clientSecret } = vector
    const handler = createIntrospectionHandler({
      issuer: ISSUER,
      clientAuthentication: {
        protectedResources: [{ id: clientId, clientSecrets: [clientSecret] }],
        basicEncoding: 'form',
      },
      lookup: { store: { find: () => null } },
    })
    expect((await send(handler, post('token=x', { authorization }))).status).toBe(200)
  })

  test.each(wireVectors.requests)('reads $body', async ({ body, token }) => {
    const [{ authorization, clientId, clientSecret }] = wireVectors.basicCredentials
    const store = createMemoryTokenStore()
    await store.save(token, { kind: 'access_token', aud: RESOURCE, sub: 'alice' })
    const handler = createIntrospectionHandler({
      issuer: ISSUER,
      clientAuthentication: {
        protectedResources: [{ id: clientId, clientSecrets: [clientSecret], audiences: [RESOURCE] }],
      },
      lookup: { store },
    })
    expect(json(await send(handler, post(body, { authorization })))).toMatchObject({ active: true, sub: 'alice' })
  })
})
