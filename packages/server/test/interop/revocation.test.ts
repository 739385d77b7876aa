/** The revocation endpoint with oauth4webapi and openid-client. */
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { describe, expect, test } from 'vitest'
import { CREDENTIALS } from './start-endpoint.ts'
import { revokedOf, type RunningRevocationEndpoint, startRevocationEndpoint } from './start-revocation-endpoint.ts'

interface Revoker {
  readonly clientId: string
  readonly clientSecret: string
  readonly token: string
  readonly hint?: string
}

type Revoke = (endpoint: RunningRevocationEndpoint, revoker: Revoker) => Promise<void>

function byOauth4webapi(method: (clientSecret: string) => oauth.ClientAuth): Revoke {
  return async ({ issuer, url }, { clientId, clientSecret, token, hint }) => {
    const as: oauth.AuthorizationServer = { issuer, revocation_endpoint: url }
    const response = await oauth.revocationRequest(as, { client_id: clientId }, method(clientSecret), token, {
      [oauth.allowInsecureRequests]: true,
      ...(hint !== undefined && { additionalParameters: { token_type_hint: hint } }),
    })
    await oauth.processRevocationResponse(response)
  }
}

function byOpenidClient(method: (clientSecret: string) => openid.ClientAuth): Revoke {
  return async ({ issuer, url }, { clientId, clientSecret, token, hint }) => {
    const server: openid.ServerMetadata = { issuer, revocation_endpoint: url }
    const configuration = new openid.Configuration(server, clientId, undefined, method(clientSecret))
    openid.allowInsecureRequests(configuration)
    await openid.tokenRevocation(configuration, token, hint === undefined ? undefined : { token_type_hint: hint })
  }
}

describe.each<[string, Revoke]>([
  ['oauth4webapi with ClientSecretBasic', byOauth4webapi(oauth.ClientSecretBasic)],
  ['oauth4webapi with ClientSecretPost', byOauth4webapi(oauth.ClientSecretPost)],
  ['openid-client with ClientSecretBasic', byOpenidClient(openid.ClientSecretBasic)],
  ['openid-client with ClientSecretPost', byOpenidClient(openid.ClientSecretPost)],
])('%s', (_, revoke) => {
  const web = { clientId: 'web', clientSecret: 's3cr3t' }

  test.each(CREDENTIALS)('revokes a token, with %s', async (_title, clientId, clientSecret) => {
    const endpoint = await startRevocationEndpoint(clientId, clientSecret)
    await revoke(endpoint, { clientId, clientSecret, token: 'access' })
    expect(await revokedOf(endpoint, 'access', 'sibling', 'refresh')).toEqual([true, false, false])
  })

  test('revokes a refresh token and every token of its grant', async () => {
    const endpoint = await startRevocationEndpoint('web', 's3cr3t')
    await revoke(endpoint, { ...web, token: 'refresh' })
    expect(await revokedOf(endpoint, 'access', 'sibling', 'refresh', 'foreign')).toEqual([true, true, true, false])
  })

  test.each(['access_token', 'refresh_token', 'nonsense'])('revokes a token with the hint %s', async (hint) => {
    const endpoint = await startRevocationEndpoint('web', 's3cr3t')
    await revoke(endpoint, { ...web, token: 'access', hint })
    expect(await revokedOf(endpoint, 'access', 'sibling')).toEqual([true, false])
  })

  test('revokes a token with characters that need encoding', async () => {
    const endpoint = await startRevocationEndpoint('web', 's3cr3t')
    await revoke(endpoint, { ...web, token: 'odd +/=&%~é' })
    expect(await revokedOf(endpoint, 'odd +/=&%~é', 'access')).toEqual([true, false])
  })

  test.each(['unknown', 'expired'])('treats the answer about the %s token as a success', async (token) => {
    const endpoint = await startRevocationEndpoint('web', 's3cr3t')
    await expect(revoke(endpoint, { ...web, token })).resolves.toBeUndefined()
  })

  test('learns that a token belongs to another client', async () => {
    const endpoint = await startRevocationEndpoint('web', 's3cr3t')
    await expect(revoke(endpoint, { ...web, token: 'foreign' })).rejects.toMatchObject({
      status: 400,
      error: 'unauthorized_client',
    })
    expect(await revokedOf(endpoint, 'foreign')).toEqual([false])
  })

  test('reads the challenge for a wrong secret', async () => {
    const endpoint = await startRevocationEndpoint('web', 's3cr3t')
    await expect(revoke(endpoint, { ...web, clientSecret: 'wrong', token: 'access' })).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { realm: 'token revocation' } }],
    })
  })
})
