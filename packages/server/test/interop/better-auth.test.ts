/** The endpoint asked by the resource client of better-auth. */
import { oauthProviderResourceClient } from '@better-auth/oauth-provider/resource-client'
import { describe, expect, test } from 'vitest'
import { type RunningEndpoint, startEndpoint } from './start-endpoint.ts'

const { verifyBearerToken } = oauthProviderResourceClient().getActions()

/** One verification as a resource server that uses better-auth does it. */
function verify(endpoint: RunningEndpoint, token: string, changes: object = {}) {
  return verifyBearerToken(token, {
    verifyOptions: { issuer: endpoint.issuer, audience: 'urn:orders' },
    remoteVerify: { introspectUrl: endpoint.url, clientId: 'orders', clientSecret: 's3:cr3t/é', ...changes },
    requiredScopes: ['orders:read'],
    resourceMetadataMappings: { 'urn:orders': 'https://orders.example.com/.well-known/oauth-protected-resource' },
  })
}

describe('better-auth', () => {
  test('takes an active token, by its issuer, audience and scope', async () => {
    const endpoint = await startEndpoint('orders', 's3:cr3t/é')
    expect(await verify(endpoint, 'active')).toMatchObject({ sub: 'alice', tenant: 'acme', aud: 'urn:orders' })
  })

  test.each(['unknown', 'expired', 'revoked', 'foreign'])('refuses the %s token', async (token) => {
    const endpoint = await startEndpoint('orders', 's3:cr3t/é')
    await expect(verify(endpoint, token)).rejects.toMatchObject({ status: 'UNAUTHORIZED' })
  })

  test('does not take wrong credentials for an answer', async () => {
    const endpoint = await startEndpoint('orders', 's3:cr3t/é')
    await expect(verify(endpoint, 'active', { clientSecret: 'wrong' })).rejects.toMatchObject({
      status: 'INTERNAL_SERVER_ERROR',
    })
  })
})
