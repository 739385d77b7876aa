/** The endpoint with the resource client of better-auth. */
import { oauthProviderResourceClient } from '@better-auth/oauth-provider/resource-client'
import { describe, expect, test } from 'vitest'
import { type RunningEndpoint, startEndpoint } from './start-endpoint.ts'

const { verifyBearerToken } = oauthProviderResourceClient().getActions()

/** Verifies a token as a resource server with better-auth does. */
function verify(endpoint: RunningEndpoint, token: string, changes: object = {}) {
  return verifyBearerToken(token, {
    verifyOptions: { issuer: endpoint.issuer, audience: 'urn:orders' },
    remoteVerify: { introspectUrl: endpoint.url, clientId: 'orders', clientSecret: 's3:cr3t/é', ...changes },
    requiredScopes: ['orders:read'],
    resourceMetadataMappings: { 'urn:orders': 'https://orders.example.com/.well-known/oauth-protected-resource' },
  })
}

describe('better-auth', () => {
  test('accepts an active token, and checks its issuer, audience and scope', async () => {
    const endpoint = await startEndpoint('orders', 's3:cr3t/é')
    expect(await verify(endpoint, 'active')).toMatchObject({ sub: 'alice', tenant: 'acme', aud: 'urn:orders' })
  })

  test.each(['unknown', 'expired', 'revoked', 'foreign'])('refuses the %s token', async (token) => {
    const endpoint = await startEndpoint('orders', 's3:cr3t/é')
    await expect(verify(endpoint, token)).rejects.toMatchObject({ status: 'UNAUTHORIZED' })
  })

  test('reports wrong credentials as an error, not as an answer', async () => {
    const endpoint = await startEndpoint('orders', 's3:cr3t/é')
    await expect(verify(endpoint, 'active', { clientSecret: 'wrong' })).rejects.toMatchObject({
      status: 'INTERNAL_SERVER_ERROR',
    })
  })
})
