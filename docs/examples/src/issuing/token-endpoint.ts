/** The token endpoint of an authorization server (RFC 6749 §3.2): client credentials and refresh tokens. */
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
  /** The client whose credentials are in the header fields or in the form, or `undefined` (RFC 6749 §2.3). */
  readonly authenticateClient: (headers: Headers, form: URLSearchParams) => Promise<RegisteredClient | undefined>
}

/** Access tokens live for five minutes. */
const ACCESS_SECONDS = 300

/** Creates the endpoint. Mount it at `POST /token`. */
export function createTokenEndpoint({ tokens, authenticateClient }: TokenEndpointOptions) {
  async function clientCredentials(client: RegisteredClient, form: URLSearchParams): Promise<Response> {
    const scope = form.get('scope') || client.scope.join(' ')
    if (!scope.split(' ').every((each) => client.scope.includes(each))) return refuse(400, 'invalid_scope')
    const { response } = await tokens.issue({
      client_id: client.id,
      sub: client.id,
      aud: client.audience,
      scope,
      expiresInSeconds: ACCESS_SECONDS,
    })
    return json(200, response)
  }

  async function refreshToken(client: RegisteredClient, form: URLSearchParams): Promise<Response> {
    const refresh_token = form.get('refresh_token')
    if (!refresh_token) return refuse(400, 'invalid_request')
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
    const form = new URLSearchParams(await request.text())
    const client = await authenticateClient(request.headers, form)
    if (client === undefined) return refuse(401, 'invalid_client')
    // Parameters must not be repeated, except `resource` (RFC 6749 §3.2, RFC 8707 §2).
    const names = [...form.keys()].filter((name) => name !== 'resource')
    if (new Set(names).size < names.length) return refuse(400, 'invalid_request')
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return await clientCredentials(client, form)
      case 'refresh_token':
        return await refreshToken(client, form)
      // Redeem an authorization code here, and call `tokens.issue` with `sub`, `sessionId` and `refreshToken`.
      default:
        return refuse(400, 'unsupported_grant_type')
    }
  }
}

function refuse(status: number, error: string): Response {
  return json(status, { error }, status === 401 ? { 'WWW-Authenticate': 'Basic realm="token"' } : {})
}

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache', ...headers } })
}
