/** The endpoint behind the bearer middleware of the MCP SDK, in an Express app with a verifier for the SDK's interface. */
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import type { OAuthTokenVerifier } from '@modelcontextprotocol/sdk/server/auth/provider.js'
import express from 'express'
import { describe, expect, test } from 'vitest'
import { listen, portOf } from '../path/forms.ts'
import { type RunningEndpoint, startEndpoint } from './start-endpoint.ts'

/** A verifier as MCP servers write it: it introspects the token and returns what the answer says. */
function verifierOf(endpoint: RunningEndpoint): OAuthTokenVerifier {
  return {
    async verifyAccessToken(token) {
      const answer = await fetch(endpoint.url, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('orders:s3cr3t')}` },
        body: new URLSearchParams({ token }),
      })
      if (!answer.ok) throw new Error(`introspection answered ${answer.status}`)
      const body = (await answer.json()) as Record<string, string> & { active: boolean; exp: number }
      if (!body.active) throw new InvalidTokenError('Token is inactive')
      return {
        token,
        clientId: body['client_id'] as string,
        scopes: (body['scope'] as string).split(' '),
        expiresAt: body.exp,
        extra: { sub: body['sub'] },
      }
    },
  }
}

async function call(token: string | undefined, requiredScopes: string[] = ['orders:read']) {
  const app = express()
  const verifier = verifierOf(await startEndpoint('orders', 's3cr3t'))
  app.get('/mcp', requireBearerAuth({ verifier, requiredScopes }), (request, response) => {
    response.json({ client: request.auth?.clientId, expiresAt: request.auth?.expiresAt, ...request.auth?.extra })
  })
  const server = await listen(app)
  const response = await fetch(`http://127.0.0.1:${portOf(server)}/mcp`, {
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('the bearer middleware of the MCP SDK', () => {
  test('lets an active token in, whose exp is a number as the middleware requires', async () => {
    const { status, body } = await call('active')
    expect([status, body]).toEqual([200, { client: 'web', sub: 'alice', expiresAt: expect.any(Number) as number }])
  })

  test.each(['unknown', 'expired', 'revoked', 'foreign'])('keeps the %s token out', async (token) => {
    expect(await call(token)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  })

  test('keeps a request without a token out, and a token with too little scope', async () => {
    expect((await call(undefined)).status).toBe(401)
    expect(await call('active', ['orders:write'])).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
  })
})
