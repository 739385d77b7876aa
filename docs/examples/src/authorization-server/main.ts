/**
 * Starts the authorization server and an API that remembers answers and follows the feed. A client gets tokens, refreshes
 * and revokes them with openid-client, which is not made for this server. Run it with
 * `POSTGRES_URL=postgres://localhost/test node docs/examples/src/authorization-server/main.ts`. It removes its schema at the end.
 */
import { randomUUID } from 'node:crypto'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { followFeed } from '@token-introspection/client/revocations'
import * as oauth from 'openid-client'
import { Pool } from 'pg'
import { findFreePort } from '../../../../packages/core/test/find-free-port.ts'
import { checkExample } from '../checks/check-example.ts'
import { waitFor } from '../checks/wait-for.ts'
import { createAuthorizationServer } from './server.ts'

const ORDERS = 'https://orders.example.com'
const SHOP = { id: 'web-shop', secret: 's3cr3t-of-web-shop', scope: ['orders:read', 'orders:write'], audience: ORDERS }

process.exitCode = await checkExample(async (expect) => {
  const schema = `example_${randomUUID().replaceAll('-', '')}`
  const pool = new Pool({
    connectionString: process.env['POSTGRES_URL'] ?? 'postgres://localhost/postgres',
    options: `-c search_path=${schema}`,
  })
  pool.on('error', (error) => console.error('PostgreSQL', error))
  await pool.query(`CREATE SCHEMA ${schema}`)

  const port = await findFreePort()
  const issuer = `http://127.0.0.1:${port}`
  const { app, tokens } = await createAuthorizationServer({
    issuer,
    pool,
    clients: [SHOP],
    protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t-of-orders'], audiences: [ORDERS] }],
  })
  await app.listen({ port, host: '127.0.0.1' })

  const introspection = new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t-of-orders'),
    audience: ORDERS,
    cache: {},
    revocations: followFeed(),
    transport: { allowHttpOnLoopback: true },
  })
  const mayRead = introspection.guard({ scope: 'orders:read' })
  /** What the API says to a request with this token: who it is for, or why it is refused. */
  async function callApi(token: string): Promise<unknown> {
    const decision = await mayRead({ headers: new Headers({ authorization: `Bearer ${token}` }) })
    return decision.allowed ? decision.token.sub : decision.reason
  }
  expect('the API becomes ready', await waitFor(async () => (await introspection.check()).ok), true)

  const client = await discover(issuer, SHOP.secret)
  const own = await oauth.clientCredentialsGrant(client, { scope: 'orders:read' })
  expect('a client gets a token in its own name', [own.expires_in, own.scope], [300, 'orders:read'])
  expect('the API lets it pass', await callApi(own.access_token), SHOP.id)
  const thief = await discover(issuer, 'guessed')
  expect('a wrong secret gets none', await errorOf(oauth.clientCredentialsGrant(thief)), 401)
  expect(
    'nor does too much scope',
    await errorOf(oauth.clientCredentialsGrant(client, { scope: 'admin' })),
    'invalid_scope',
  )

  // Stands for the end of the code flow: alice has logged in and agreed, and the client gets her tokens.
  const { response: login } = await tokens.issue({
    client_id: SHOP.id,
    sub: 'alice',
    sessionId: 'laptop',
    aud: ORDERS,
    scope: 'orders:read orders:write',
    expiresInSeconds: 300,
    refreshToken: { expiresInSeconds: 30 * 86_400 },
  })
  const refreshed = await oauth.refreshTokenGrant(client, login.refresh_token ?? '')
  expect('a refresh gives a new refresh token', refreshed.refresh_token?.startsWith('acme_rt_'), true)
  expect('and an access token of alice', await callApi(refreshed.access_token), 'alice')
  expect(
    'meanwhile the API has begun to follow the feed',
    await waitFor(async () => introspection.statistics().feed?.isListening === true),
    true,
  )

  const reused = await errorOf(oauth.refreshTokenGrant(client, login.refresh_token ?? ''))
  expect('the old refresh token is refused', reused, 'invalid_grant')
  expect('and ends the grant: the API refuses', await waitFor(() => isRefused(refreshed.access_token)), true)

  await oauth.tokenRevocation(client, own.access_token)
  expect('a client gives its token back: the API refuses', await waitFor(() => isRefused(own.access_token)), true)
  expect('the feed said so, and not the age of the answer', introspection.statistics().feed?.events, 2)

  async function isRefused(token: string): Promise<boolean> {
    return (await callApi(token)) === 'token_inactive'
  }

  await introspection.close()
  await app.close()
  await pool.query(`DROP SCHEMA ${schema} CASCADE`)
  await pool.end()
})

/** The client, as it finds the server by the issuer alone. */
function discover(issuer: string, secret: string): Promise<oauth.Configuration> {
  return oauth.discovery(new URL(issuer), SHOP.id, undefined, oauth.ClientSecretBasic(secret), {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests],
  })
}

/** The `error` of a refused token request. The status, if the response is a challenge. */
async function errorOf(asked: Promise<unknown>): Promise<unknown> {
  return await asked.then(
    () => 'none',
    ({ error, status }: { error?: string; status?: number }) => error ?? status,
  )
}
