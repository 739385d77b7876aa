/** The endpoint with openid-client. */
import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { ACTIVE_ANSWER, CREDENTIALS, startEndpoint } from './start-endpoint.ts'

const METHODS = [
  ['ClientSecretBasic', client.ClientSecretBasic],
  ['ClientSecretPost', client.ClientSecretPost],
] as const

describe.each(METHODS)('openid-client with %s', (_method, method) => {
  function configure(endpoint: { issuer: string; url: string }, clientId: string, clientSecret: string) {
    const server: client.ServerMetadata = { issuer: endpoint.issuer, introspection_endpoint: endpoint.url }
    const configuration = new client.Configuration(server, clientId, undefined, method(clientSecret))
    client.allowInsecureRequests(configuration)
    return configuration
  }

  test.each(CREDENTIALS)('gets the answer about an active token, with %s', async (_, clientId, clientSecret) => {
    const endpoint = await startEndpoint(clientId, clientSecret)
    const configuration = configure(endpoint, clientId, clientSecret)
    const response = await client.tokenIntrospection(configuration, 'active')
    expect(response).toMatchObject(ACTIVE_ANSWER)
  })

  test.each(['unknown', 'expired', 'revoked', 'foreign'])('learns that the %s token is inactive', async (token) => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    const configuration = configure(endpoint, 'orders', 's3cr3t')
    expect(await client.tokenIntrospection(configuration, token)).toEqual({ active: false })
  })

  test('sees a revocation on its next call', async () => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    const configuration = configure(endpoint, 'orders', 's3cr3t')
    expect((await client.tokenIntrospection(configuration, 'active')).active).toBe(true)
    await endpoint.store.revoke('active')
    expect(await client.tokenIntrospection(configuration, 'active')).toEqual({ active: false })
  })

  test('gets the same answer with a wrong hint and a parameter of its own', async () => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    const configuration = configure(endpoint, 'orders', 's3cr3t')
    const parameters = { token_type_hint: 'refresh_token', resource: 'urn:orders' }
    expect(await client.tokenIntrospection(configuration, 'active', parameters)).toMatchObject(ACTIVE_ANSWER)
  })

  test.each([
    ['a wrong secret', 'orders', 'wrong'],
    ['an unknown identifier', 'nobody', 's3cr3t'],
  ])('reports %s as a challenge it can read', async (_, clientId, clientSecret) => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    const configuration = configure(endpoint, clientId, clientSecret)
    const error = await client.tokenIntrospection(configuration, 'active').then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { realm: 'token introspection' } }],
    })
  })
})
