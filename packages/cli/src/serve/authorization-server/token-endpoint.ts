/** The token endpoint (RFC 6749 §3.2): client credentials and refresh tokens. */
import { type Form, RequestInvalidError } from '@token-introspection/core'
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  RequestTooLargeError,
} from '@token-introspection/server'
import type { TokenIssuer } from '@token-introspection/server/tokens'
import type { ServedClient } from '../configuration/serve-configuration.ts'
import { authenticateClient } from './authenticate-client.ts'
import { jsonResponse } from './json-response.ts'
import { readForm } from './read-body.ts'
import { toAudience } from './to-audience.ts'

/** What the endpoint needs. */
export interface TokenEndpointParts {
  readonly clients: readonly ServedClient[]
  readonly issuer: TokenIssuer
  /** The lifetime of access tokens. */
  readonly expiresInSeconds: number
}

/** The grants that the endpoint takes, as the metadata name them. */
export const GRANT_TYPES = ['client_credentials', 'refresh_token'] as const

/** Creates the endpoint. */
export function createTokenEndpoint(parts: TokenEndpointParts): Pick<HttpHandler, 'handle'> {
  return {
    async handle(request) {
      if (request.method !== 'POST') return refuse(405, 'invalid_request', { allow: 'POST' })
      try {
        return await answer(request, parts)
      } catch (error) {
        return error instanceof RequestInvalidError || error instanceof RequestTooLargeError
          ? refuse(400, 'invalid_request')
          : refuse(503, 'temporarily_unavailable')
      }
    },
  }
}

async function answer(request: HttpRequest, parts: TokenEndpointParts): Promise<HttpResponse> {
  const form = await readForm(request)
  if (form === undefined) return refuse(400, 'invalid_request')
  const client = authenticateClient(request.header('authorization'), form, parts.clients)
  if (client === undefined) {
    return refuse(401, 'invalid_client', { 'www-authenticate': 'Basic realm="token"' })
  }
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return await issue(client, form, parts)
    case 'refresh_token':
      return await refresh(client, form, parts)
    case undefined:
      return refuse(400, 'invalid_request')
    default:
      return refuse(400, 'unsupported_grant_type')
  }
}

async function issue(
  client: ServedClient,
  form: Form,
  { issuer, expiresInSeconds }: TokenEndpointParts,
): Promise<HttpResponse> {
  const asked = form.get('scope')?.split(' ') ?? client.scope
  if (!asked.every((each) => client.scope.includes(each))) return refuse(400, 'invalid_scope')
  const resources = form.getAll('resource').filter((each) => each !== '')
  if (!resources.every((each) => client.audiences.includes(each))) return refuse(400, 'invalid_target')
  const { response } = await issuer.issue({
    client_id: client.id,
    sub: client.id,
    aud: toAudience(resources.length > 0 ? resources : client.audiences),
    ...(asked.length > 0 && { scope: asked.join(' ') }),
    expiresInSeconds,
  })
  return jsonResponse(200, response, { pragma: 'no-cache' })
}

async function refresh(
  client: ServedClient,
  form: Form,
  { issuer, expiresInSeconds }: TokenEndpointParts,
): Promise<HttpResponse> {
  const refresh_token = form.get('refresh_token')
  if (refresh_token === undefined) return refuse(400, 'invalid_request')
  const outcome = await issuer.refresh({
    refresh_token,
    client_id: client.id,
    scope: form.get('scope'),
    aud: form.getAll('resource').filter((each) => each !== ''),
    expiresInSeconds,
  })
  return outcome.issued ? jsonResponse(200, outcome.response, { pragma: 'no-cache' }) : jsonResponse(400, outcome.error)
}

function refuse(status: number, error: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return jsonResponse(status, { error }, headers)
}
