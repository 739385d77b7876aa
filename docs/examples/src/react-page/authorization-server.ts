/** An authorization server with a login form, for one public client: a page in a browser (RFC 6749 §4.1, RFC 7636). */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  type ProtectedResource,
} from '@token-introspection/server'
import { toExpressHandler } from '@token-introspection/server/express'
import { createTokenIssuer, type TokenResponse } from '@token-introspection/server/tokens'
import express, { type Request } from 'express'

/** The settings of the server. */
export interface AuthorizationServerSettings {
  readonly issuer: string
  /** The page. It has no secret, so PKCE shows that who redeems a code is who asked for it. */
  readonly client: { readonly id: string; readonly redirectUri: string; readonly scope: string }
  /** The API that the tokens are for. */
  readonly protectedResource: ProtectedResource & { readonly audiences: readonly string[] }
  /** Checks a password. Yours compares a slow hash, and counts failures. */
  readonly isPassword: (user: string, password: string) => boolean
}

/** What the user has agreed to, until the page redeems the code. */
interface Grant {
  readonly sub: string
  readonly challenge: string
  readonly expires: number
}

/** A code is good for a minute, once. */
const CODE_MS = 60_000

/** Creates the server. It does not listen yet. */
export function createAuthorizationServer(settings: AuthorizationServerSettings) {
  const { issuer, client, protectedResource, isPassword } = settings
  const store = createMemoryTokenStore({ revocationLog: true })
  const tokens = createTokenIssuer({ store })
  const here = { issuer, allowHttpOnLoopback: true } // for a server on your own machine
  const clientAuthentication = { protectedResources: [protectedResource] }
  const introspection = createIntrospectionHandler({ ...here, clientAuthentication, lookup: { store } })
  const feed = createRevocationFeedHandler({ ...here, clientAuthentication, store })
  const grants = new Map<string, Grant>()

  /** What the page asks for, or `undefined` when this is no request of the page. */
  function readAuthorization({ query }: Request): { readonly challenge: string; readonly state: string } | undefined {
    const { response_type, client_id, redirect_uri, code_challenge_method, code_challenge: challenge, state } = query
    const isOfPage = client_id === client.id && redirect_uri === client.redirectUri
    if (!isOfPage || response_type !== 'code' || code_challenge_method !== 'S256') return undefined
    return typeof challenge === 'string' && typeof state === 'string' ? { challenge, state } : undefined
  }

  const app = express()
  app.all('/introspect', toExpressHandler(introspection))
  app.all('/revocations', toExpressHandler(feed))
  app.get('/.well-known/oauth-authorization-server', (_request, response) => {
    response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      ...introspection.metadata({ url: `${issuer}/introspect` }),
      ...feed.metadata({ url: `${issuer}/revocations` }),
    })
  })

  app.use(express.urlencoded({ extended: false }))
  app.use('/authorize', (request, response, next) => {
    // No other page may show the form in a frame, or learn its address.
    response.set({ 'Content-Security-Policy': "frame-ancestors 'none'", 'Referrer-Policy': 'no-referrer' })
    // Nobody is redirected to an address that is not registered.
    if (readAuthorization(request) === undefined) response.status(400).send('this is not a request of the page')
    else next()
  })
  app.get('/authorize', (_request, response) => {
    response.send(loginForm())
  })
  // The form has no `action`, so the browser sends it to the address of the request, with its query.
  app.post('/authorize', (request, response) => {
    const asked = readAuthorization(request)
    const { user = '', password = '' } = request.body as Record<string, string>
    if (asked === undefined || !isPassword(user, password)) {
      response.status(401).send(loginForm(WRONG))
      return
    }
    for (const [old, { expires }] of grants) if (expires <= Date.now()) grants.delete(old)
    const code = randomBytes(24).toString('base64url')
    grants.set(code, { sub: user, challenge: asked.challenge, expires: Date.now() + CODE_MS })
    const to = new URL(client.redirectUri)
    to.search = new URLSearchParams({ code, state: asked.state, iss: issuer }).toString()
    response.redirect(303, to.href)
  })

  app.post('/token', (request, response, next) => {
    // The page has another origin than this server.
    response.set({ 'Access-Control-Allow-Origin': new URL(client.redirectUri).origin, 'Cache-Control': 'no-store' })
    redeem(request.body as Record<string, string>).then(
      (answer) => response.status('error' in answer ? 400 : 200).json(answer),
      next,
    )
  })

  async function redeem(form: Record<string, string>): Promise<TokenResponse | { readonly error: string }> {
    const { grant_type, client_id, redirect_uri, code = '', code_verifier = '' } = form
    if (grant_type !== 'authorization_code') return { error: 'unsupported_grant_type' }
    const grant = grants.get(code)
    grants.delete(code)
    const isRedeemed =
      grant !== undefined &&
      grant.expires > Date.now() &&
      client_id === client.id &&
      redirect_uri === client.redirectUri &&
      createHash('sha256').update(code_verifier).digest('base64url') === grant.challenge
    if (!isRedeemed) return { error: 'invalid_grant' }
    const { response } = await tokens.issue({
      client_id: client.id,
      sub: grant.sub,
      sessionId: randomUUID(),
      aud: [...protectedResource.audiences],
      scope: client.scope,
      expiresInSeconds: 300,
    })
    return response
  }

  return { app, feed, store }
}

/** The form, below a message if there is one. */
const loginForm = (message = '') => `<!doctype html>
<html lang="en">
  <title>Sign in</title>
  <h1>Sign in</h1>
  ${message}
  <form method="post">
    <label>User <input name="user" autocomplete="username" required></label>
    <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
    <button>Sign in</button>
  </form>
</html>`

const WRONG = '<p role="alert">Wrong user or password.</p>'
