/** Issues, refreshes, lists, revokes and cleans up tokens, and checks what an API is told about each. */
import { deepEqual } from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { createClientAuthenticator, createIntrospectionHandler } from '@token-introspection/server'
import { createSqliteTokenStore } from '@token-introspection/server/sqlite'
import { createTokenIssuer } from '@token-introspection/server/tokens'
import { createTokenEndpoint, type RegisteredClient } from './token-endpoint.ts'

const ORDERS = 'https://orders.example.com'
const CLIENT: RegisteredClient = { id: 'web', scope: ['orders:read', 'orders:write'], audience: ORDERS }
const BASIC = `Basic ${btoa('web:s3cr3t')}`

let seconds = 1_764_000_000
const now = () => seconds * 1000
const store = createSqliteTokenStore({ database: new DatabaseSync(':memory:'), now })
const tokens = createTokenIssuer({ store, now, accessTokenPrefix: 'acme_at_', refreshTokenPrefix: 'acme_rt_' })
const authenticate = createClientAuthenticator({
  clientAuthentication: { clients: [{ id: CLIENT.id, clientSecrets: ['s3cr3t'] }] },
})
const token = createTokenEndpoint({ tokens, authenticate, clients: [CLIENT] })
const introspection = createIntrospectionHandler({
  issuer: 'https://as.example.com',
  now,
  clientAuthentication: { protectedResources: [{ id: 'orders', clientSecrets: ['s3cr3t'], audiences: [ORDERS] }] },
  lookup: { store },
})

// Issue: a client in its own name.
const machine = await ask({ grant_type: 'client_credentials', scope: 'orders:read' })
check(
  'the client gets a token',
  [machine.status, machine.body.token_type, machine.body.expires_in],
  [200, 'Bearer', 300],
)
check('the API may know it', await told(machine.body.access_token), [true, 'web', 'orders:read'])
check('nobody else gets one', (await ask({ grant_type: 'client_credentials' }, 'Basic d2ViOndyb25n')).status, 401)
check(
  'too much is refused',
  (await ask({ grant_type: 'client_credentials', scope: 'admin' })).body.error,
  'invalid_scope',
)

// Issue: two logins of a user, as after the code flow.
const [laptop, phone] = [await logIn('laptop'), await logIn('phone')]

// Refresh: each refresh token once.
const refreshed = await ask({ grant_type: 'refresh_token', refresh_token: laptop, scope: 'orders:read' })
check('the refresh gives a narrower token', await told(refreshed.body.access_token), [true, 'alice', 'orders:read'])
check('and a new refresh token', refreshed.body.refresh_token?.startsWith('acme_rt_'), true)
const stolen = await ask({ grant_type: 'refresh_token', refresh_token: laptop })
check('the old one is refused', [stolen.status, stolen.body.error], [400, 'invalid_grant'])
check('and ends the grant', await told(refreshed.body.access_token), [false, undefined, undefined])

// List: the sessions of the user are those of its refresh tokens.
const { tokens: listed } = await store.list({ sub: 'alice' })
const sessions = listed.filter(({ record }) => record.kind === 'refresh_token')
check(
  'one session is left',
  sessions.map(({ record }) => record.sessionId),
  ['phone'],
)

// Revoke: one session, and everything that came of it.
const id = sessions[0]?.id ?? ''
check('nobody else can revoke it', await store.revokeListed(id, { sub: 'mallory' }), null)
await store.revokeSession(sessions[0]?.record.sessionId ?? '')
check('the list is empty', (await store.list({ sub: 'alice' })).tokens, [])
check('its refresh token is refused', (await ask({ grant_type: 'refresh_token', refresh_token: phone })).status, 400)

// Clean up: what has expired, and what was revoked long ago.
seconds += 31 * 86_400
check('rows are removed', store.removeExpired() > 0, true)
check('and none is left', store.removeExpired(), 0)
console.log('everything as expected')

/** Stands for the end of the code flow: the user has agreed, and the client gets its tokens. */
async function logIn(sessionId: string): Promise<string> {
  const { response } = await tokens.issue({
    client_id: CLIENT.id,
    sub: 'alice',
    sessionId,
    aud: ORDERS,
    scope: CLIENT.scope.join(' '),
    expiresInSeconds: 300,
    refreshToken: { expiresInSeconds: 30 * 86_400 },
  })
  return response.refresh_token ?? ''
}

interface TokenReply {
  readonly access_token?: string
  readonly token_type?: string
  readonly expires_in?: number
  readonly refresh_token?: string
  readonly error?: string
}

async function ask(form: Record<string, string>, authorization = BASIC) {
  const body = new URLSearchParams(form)
  const request = new Request('https://as.example.com/token', { method: 'POST', body, headers: { authorization } })
  const response = await token(request)
  return { status: response.status, body: (await response.json()) as TokenReply }
}

/** What the API is told: whether the token is active, of whom it is, and its scope. */
async function told(accessToken = ''): Promise<[boolean, unknown, unknown]> {
  const answer = await introspection.introspect(accessToken, { protectedResource: 'orders' })
  return answer.active ? [true, answer.sub, answer.scope] : [false, undefined, undefined]
}

function check(what: string, actual: unknown, expected: unknown): void {
  deepEqual(actual, expected, what)
  console.log(`✔ ${what}`)
}
