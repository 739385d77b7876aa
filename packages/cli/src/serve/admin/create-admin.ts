/** The path by which the commands `issue`, `list` and `revoke` work on the running server. */
import { isIntrospectionError, JSON_MEDIA_TYPE, parseAuthorization, parseJsonObject } from '@token-introspection/core'
import type { HttpHandler, HttpRequest, HttpResponse } from '@token-introspection/server'
import { jsonResponse } from '../authorization-server/json-response.ts'
import { readText } from '../authorization-server/read-body.ts'
import { isSameSecret } from '../authorization-server/same-secret.ts'
import type { ServedStore } from '../store/open-store.ts'
import { ADMIN_PATHS } from './admin-messages.ts'
import { type IssueParts, issueToken } from './issue-token.ts'
import { listTokens } from './list-tokens.ts'
import { revokeTokens } from './revoke-tokens.ts'

/** What the operations need. */
export interface AdminParts extends IssueParts {
  readonly store: ServedStore
  /** The secret in the state file. Everybody who has it can issue any token. */
  readonly secret: string
}

/** Handlers by their path. */
export type Handlers = Readonly<Record<string, Pick<HttpHandler, 'handle'>>>

/** Creates the handlers. Each takes a POST with a JSON object, and the secret as `Bearer`. */
export function createAdmin(parts: AdminParts): Handlers {
  const clientIds = parts.clients.map(({ id }) => id)
  return {
    [ADMIN_PATHS.issue]: guarded(parts, (call) => issueToken(call, parts)),
    [ADMIN_PATHS.list]: guarded(parts, () => listTokens(parts.store, clientIds)),
    [ADMIN_PATHS.revoke]: guarded(parts, (call) => revokeTokens(call, parts.store, clientIds)),
  }
}

function guarded(
  { secret }: AdminParts,
  operation: (call: Readonly<Record<string, unknown>>) => Promise<unknown>,
): Pick<HttpHandler, 'handle'> {
  return {
    async handle(request): Promise<HttpResponse> {
      if (request.method !== 'POST') return jsonResponse(405, { error: 'method' }, { allow: 'POST' })
      if (!hasSecret(request, secret)) {
        return jsonResponse(401, { error: 'secret' }, { 'www-authenticate': 'Bearer realm="admin"' })
      }
      try {
        const text = await readText(request, JSON_MEDIA_TYPE)
        if (text === undefined) return jsonResponse(400, { error: 'media_type' })
        return jsonResponse(200, await operation(parseJsonObject(text)))
      } catch (error) {
        // These messages name members, and never hold a token. The caller is the person who started the server.
        const isMistake = error instanceof TypeError || isIntrospectionError(error)
        return jsonResponse(isMistake ? 400 : 503, { error: error instanceof Error ? error.message : 'store' })
      }
    },
  }
}

function hasSecret(request: HttpRequest, secret: string): boolean {
  const credentials = parseAuthorization(request.header('authorization') ?? '')
  return credentials?.scheme === 'bearer' && isSameSecret(credentials.token, secret)
}
