/** The endpoint with oauth4webapi. */
import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { ACTIVE_ANSWER, CREDENTIALS, startEndpoint } from './start-endpoint.ts'

const METHODS = [
  ['ClientSecretBasic', oauth.ClientSecretBasic],
  ['ClientSecretPost', oauth.ClientSecretPost],
] as const

/** Introspects a token with oauth4webapi. */
async function introspect(
  endpoint: { issuer: string; url: string },
  clientId: string,
  authentication: oauth.ClientAuth,
  token: string,
  additionalParameters: Record<string, string> = {},
): Promise<oauth.IntrospectionResponse> {
  const as: oauth.AuthorizationServer = { issuer: endpoint.issuer, introspection_endpoint: endpoint.url }
  const client: oauth.Client = { client_id: clientId }
  const response = await oauth.introspectionRequest(as, client, authentication, token, {
    [oauth.allowInsecureRequests]: true,
    additionalParameters,
  })
  return await oauth.processIntrospectionResponse(as, client, response)
}

/** Removes the token from the request, because oauth4webapi always sends one. */
function withoutToken(authentication: oauth.ClientAuth): oauth.ClientAuth {
  return (as, client, body, headers) => {
    body.delete('token')
    return authentication(as, client, body, headers)
  }
}

describe.each(METHODS)('oauth4webapi with %s', (_method, method) => {
  test.each(CREDENTIALS)('gets the answer about an active token, with %s', async (_, clientId, clientSecret) => {
    const endpoint = await startEndpoint(clientId, clientSecret)
    const response = await introspect(endpoint, clientId, method(clientSecret), 'active')
    expect(response).toMatchObject(ACTIVE_ANSWER)
    expect(response.exp).toEqual(expect.any(Number))
  })

  test.each(['unknown', 'expired', 'revoked', 'foreign'])('learns that the %s token is inactive', async (token) => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    expect(await introspect(endpoint, 'orders', method('s3cr3t'), token)).toEqual({ active: false })
  })

  test('gets the answer about a token with characters that need encoding', async () => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    expect((await introspect(endpoint, 'orders', method('s3cr3t'), 'odd +/=&%~é')).sub).toBe('odd')
  })

  test.each(['access_token', 'refresh_token', 'nonsense'])('gets the same answer with the hint %s', async (hint) => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    const parameters = { token_type_hint: hint, resource: 'urn:orders' }
    expect(await introspect(endpoint, 'orders', method('s3cr3t'), 'active', parameters)).toMatchObject(ACTIVE_ANSWER)
  })

  test.each([
    ['a wrong secret', 'orders', 'wrong'],
    ['an unknown identifier', 'nobody', 's3cr3t'],
  ])('reports %s as a challenge it can read', async (_, clientId, clientSecret) => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    const error = await introspect(endpoint, clientId, method(clientSecret), 'active').then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
    expect(error).toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { realm: 'token introspection', charset: 'UTF-8' } }],
    })
  })

  test('reports a request without a token as an error response it can read', async () => {
    const endpoint = await startEndpoint('orders', 's3cr3t')
    await expect(introspect(endpoint, 'orders', withoutToken(method('s3cr3t')), 'active')).rejects.toMatchObject({
      code: oauth.RESPONSE_BODY_ERROR,
      status: 400,
      error: 'invalid_request',
    })
  })
})
