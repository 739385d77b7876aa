/** SPINE: a gateway asks about a request, and gets the decision of a guard. */
import { type ActiveIntrospectionResult, type GuardRequest, isPreflight, type OptionalGuard } from '../../index.ts'
import { decideBy } from '../decide-by.ts'
import { requireGuard } from '../middleware-options.ts'
import { findForged, forwardedFields } from './forwarded-fields.ts'
import { answerAllowed, answerPlainly, answerRefused, type GatewayAnswer } from './gateway-answer.ts'
import { type GatewayOptions, resolveGateway } from './gateway-options.ts'
import { readOriginalRequest } from './original-request.ts'

/** Answers a gateway. Call it with a web `Request`, or `handle` with plain data. Neither ever rejects. */
export interface GatewayHandler {
  /**
   * Answers a web `Request`. It has no remote address: pass an object with its `method`, `url`, `headers` and a
   * `remoteAddress` if your platform knows one.
   */
  (request: GuardRequest): Promise<Response>
  /** Answers plain data. */
  readonly handle: (request: GuardRequest) => Promise<GatewayAnswer>
}

/**
 * Creates a handler for gateways that ask about each request: `auth_request` of nginx, ForwardAuth of Traefik, `forward_auth`
 * of Caddy, and `ext_authz` of Envoy over HTTP. It reads the original method and URL where the gateway writes them, asks the
 * guard, and answers 200 with identity fields, or with the refusal of the guard.
 *
 * Every failure is an answer 500, so that the gateway lets nothing pass. The handler takes every method and every path, and
 * reads no body: a guard behind it finds no token in a form.
 *
 * @param guard - a guard of a client. An optional guard lets requests without a token pass, with empty identity fields.
 * @throws TypeError when the guard is not a guard, or an option is unknown or wrong.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { createGatewayHandler, toGatewayListener } from '@token-introspection/client/gateway'
 *
 * export function authorizer(introspection: IntrospectionClient) {
 *   const handler = createGatewayHandler(introspection.guard({ audience: 'https://orders.example.com' }), {
 *     gateway: 'nginx',
 *     isTrustedGateway: (address) => address === '127.0.0.1',
 *     forward: { 'X-Auth-Subject': 'sub', 'X-Auth-Scope': 'scope' },
 *   })
 *   return createServer(toGatewayListener(handler)).listen(4000, '127.0.0.1')
 * }
 * ```
 */
export function createGatewayHandler<Claims extends object = object>(
  guard: OptionalGuard<Claims>,
  options: GatewayOptions<Claims>,
): GatewayHandler {
  requireGuard(guard)
  const { gateway, isTrustedGateway, forward, maxForwardedBytes, pathPrefix, passPreflights, onError } =
    resolveGateway(options)
  const decide = decideBy(guard)

  async function answer(asking: GuardRequest): Promise<GatewayAnswer> {
    const trusted: unknown = isTrustedGateway(addressOf(asking))
    if (trusted !== true) return answerPlainly(403, 'access_denied', gateway)
    const original = readOriginalRequest(asking, gateway, pathPrefix)
    if (original.kind === 'missing') throw new Error(`the gateway does not send ${original.what}`)
    if (original.kind === 'malformed') return answerPlainly(400, 'invalid_request', gateway)
    const { request } = original
    if (findForged(request, forward) !== undefined) return answerPlainly(400, 'invalid_request', gateway)
    if (isPreflight(request)) {
      return passPreflights ? allow(undefined, {}) : answerPlainly(403, 'access_denied', gateway)
    }
    const decision = await decide(request)
    return decision.allowed ? allow(decision.token, decision.headers) : answerRefused(decision, gateway)
  }

  function allow(
    token: ActiveIntrospectionResult | undefined,
    headers: Readonly<Record<string, string>>,
  ): GatewayAnswer {
    return answerAllowed(forwardedFields(token, forward, maxForwardedBytes), headers, gateway)
  }

  async function handle(asking: GuardRequest): Promise<GatewayAnswer> {
    try {
      return await answer(asking)
    } catch (error) {
      report(error)
      return answerPlainly(500, 'server_error', gateway)
    }
  }

  function report(error: unknown): void {
    try {
      onError(error)
    } catch {}
  }

  const respond = async (asking: GuardRequest): Promise<Response> => {
    const { status, headers, body } = await handle(asking)
    return new Response(body, { status, headers: { ...headers } })
  }
  return Object.assign(respond, { handle })
}

/** A server that listens on IPv4 and IPv6 shows IPv4 addresses as IPv6 ones (RFC 4291 §2.5.5.2). */
function addressOf({ remoteAddress }: GuardRequest): string | undefined {
  const address = typeof remoteAddress === 'function' ? remoteAddress() : remoteAddress
  return address?.replace(/^::ffff:(?=\d+\.)/i, '')
}
