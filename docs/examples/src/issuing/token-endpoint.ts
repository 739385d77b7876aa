/** The token endpoint of an authorization server (RFC 6749 §3.2): client credentials and refresh tokens. */
import type { ClientAuthenticator, Form } from '@token-introspection/server'
import type { TokenIssuer } from '@token-introspection/server/tokens'

/** A client of the authorization server. */
export interface RegisteredClient {
  readonly id: string
  /** What it may ask for in its own name. */
  readonly scope: readonly string[]
  readonly audience: string
}

/** What the endpoint needs. */
export interface TokenEndpointOptions {
  readonly tokens: TokenIssuer
  /** Reads the form and authenticates the client, by the methods that you choose. */
  readonly authenticate: ClientAuthenticator
  /** The clients that it knows. */
  readonly clients: readonly RegisteredClient[]
}

/** Access tokens live for five minutes. */
const ACCESS_SECONDS = 300

/** Creates the endpoint. Mount it at `POST /token`. */
export function createTokenEndpoint({ tokens, authenticate, clients }: TokenEndpointOptions) {
  async function clientCredentials(client: RegisteredClient, form: Form): Promise<Response> {
    const scope = form.get('scope') || client.scope.join(' ')
    if (!scope.split(' ').every((each) => client.scope.includes(each))) return refuse('invalid_scope')
    const { response } = await tokens.issue({
      client_id: client.id,
      sub: client.id,
      aud: client.audience,
      scope,
      expiresInSeconds: ACCESS_SECONDS,
    })
    return json(200, response)
  }

  async function refreshToken(client: RegisteredClient, form: Form): Promise<Response> {
    const refresh_token = form.get('refresh_token')
    if (!refresh_token) return refuse('invalid_request')
    const outcome = await tokens.refresh({
      refresh_token,
      client_id: client.id,
      scope: form.get('scope') ?? undefined,
      // A parameter without a value counts as omitted (RFC 6749 §3.2).
      aud: form.getAll('resource').filter((resource) => resource !== ''),
      expiresInSeconds: ACCESS_SECONDS,
    })
    if (outcome.issued) return json(200, outcome.response)
    // Somebody has stolen a refresh token, or a client has lost an answer. The grant is over: tell the user.
    if (outcome.reason === 'reused')
      console.warn(`a refresh token of ${outcome.record?.sub ?? 'nobody'} was used twice`)
    return json(400, outcome.error)
  }

  return async (request: Request): Promise<Response> => {
    const asked = await authenticate(request)
    if (!asked.authenticated) return asked.toResponse()
    const { form } = asked
    const client = clients.find(({ id }) => id === asked.client.id)
    if (client === undefined) return refuse('unauthorized_client')
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return await clientCredentials(client, form)
      case 'refresh_token':
        return await refreshToken(client, form)
      // Redeem an authorization code here, and call `tokens.issue` with `sub`, `sessionId` and `refreshToken`.
      default:
        return refuse('unsupported_grant_type')
    }
  }
}

function refuse(error: string): Response {
  return json(400, { error })
}

function json(status: number, body: object): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' } })
}
