/** The public entry of client authentication for other endpoints: options in, an authenticator out. */
import { type AuthenticatedRequest, authenticateRequest, type RefusedRequest } from './authenticate-request.ts'
import { createCheck, type CheckResult } from './check.ts'
import { type ClientAuthenticatorOptions, resolveClientAuthenticatorOptions } from './client-authenticator-options.ts'
import { toFetchResponse, toHttpRequest } from './http/fetch-message.ts'
import type { HttpRequest } from './http/http-message.ts'

/** A refusal of a web `Request`. */
export interface RefusedWebRequest extends RefusedRequest {
  /** The response as a web `Response`. */
  toResponse(): Response
}

/** Authenticates the clients that call an endpoint of yours. */
export interface ClientAuthenticator {
  /**
   * Reads the form of a web `Request`, and authenticates the client. It rejects only what is not a web `Request`.
   */
  (request: Request): Promise<AuthenticatedRequest | RefusedWebRequest>
  /** The plain-data form, for a handler that an adapter mounts, such as `toNodeHandler({ handle })`. It never rejects. */
  readonly authenticate: (request: HttpRequest) => Promise<AuthenticatedRequest | RefusedRequest>
  /** Says whether the authenticator can do its work, without a request: its clock and the registry of clients. */
  readonly check: () => Promise<CheckResult>
}

/**
 * Creates the client authentication of an endpoint of your own, such as `/token`. It takes the same methods as the revocation endpoint,
 * with the same limits: of the body and its parameters, of failed attempts, and of replayed assertions. A request that it refuses has
 * a response for the caller, with the status and the challenge of RFC 6749 §5.2.
 *
 * A public client has no secret, so the authenticator refuses it: the `code` of `error` is `ERR_CLIENT_AUTHENTICATION_MISSING`, and `form` has
 * its `client_id`. Go on only with a client that you registered as public, and a grant that proves who it is, such as a code with PKCE.
 *
 * @param options - read once. Later changes to the object have no effect.
 * @throws TypeError naming the option when one is unknown, missing or out of range.
 *
 * @example
 * ```ts
 * import { createClientAuthenticator } from '@token-introspection/server'
 * import type { TokenIssuer } from '@token-introspection/server/tokens'
 *
 * const authenticate = createClientAuthenticator({
 *   clientAuthentication: { clients: [{ id: 'web', clientSecrets: ['s3cr3t'] }] },
 * })
 *
 * // Answers `POST /token` with `grant_type=refresh_token`.
 * export async function token(request: Request, tokens: TokenIssuer): Promise<Response> {
 *   const asked = await authenticate(request)
 *   if (!asked.authenticated) return asked.toResponse()
 *   const refresh_token = asked.form.get('refresh_token') ?? ''
 *   const outcome = await tokens.refresh({ refresh_token, client_id: asked.client.id, expiresInSeconds: 300 })
 *   const [body, status] = outcome.issued ? [outcome.response, 200] : [outcome.error, 400]
 *   return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } })
 * }
 * ```
 * @see [RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3)
 */
export function createClientAuthenticator(options: ClientAuthenticatorOptions): ClientAuthenticator {
  const steps = resolveClientAuthenticatorOptions(options)
  const authenticate = (request: HttpRequest) => authenticateRequest(request, steps)
  return Object.assign(
    async (request: Request) => {
      const outcome = await authenticate(toHttpRequest(request))
      if (outcome.authenticated) return outcome
      return { ...outcome, toResponse: () => toFetchResponse(outcome.response, request.method) }
    },
    { authenticate, check: createCheck(steps.clientAuthentication, () => []) },
  )
}
