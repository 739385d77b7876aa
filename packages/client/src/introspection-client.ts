/// <reference lib="esnext.disposable" preserve="true" />
/** The public entry of the resource server's side. */
import { isIntrospectionError } from '@token-introspection/core'
import type { OnEvent } from './events.ts'
import { type Guard, guard } from './guard.ts'
import { type IntrospectOptions, introspect, type Steps } from './introspect.ts'
import {
  type GuardOptions,
  type IntrospectionClientOptions,
  type PolicyOptions,
  resolveGuardOptions,
  resolveOptions,
} from './options.ts'
import type { IntrospectionResult } from './result/introspection-result.ts'

/**
 * Asks an authorization server whether tokens are good right now (RFC 7662).
 *
 * Create one per authorization server and keep it: it owns the connections and the discovered endpoint. Nothing is
 * cached and no request is made before the first call.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 *
 * const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 * })
 *
 * const token = await introspection.introspect('2YotnFZFEjr1zCsicMWpAA')
 * if (token.active) console.log(token.sub, token.scope)
 * ```
 * @see [RFC 7662 §2](https://www.rfc-editor.org/rfc/rfc7662.html#section-2)
 */
export class IntrospectionClient<Claims extends object = object> {
  readonly #steps: Steps
  readonly #policy: PolicyOptions
  readonly #onEvent: OnEvent | undefined
  #closing: Promise<void> | undefined

  /**
   * @param options - read once; later changes to the object have no effect.
   * @throws TypeError naming the option when one is unknown, missing or out of range.
   */
  constructor(options: IntrospectionClientOptions<Claims>) {
    const { steps, policy, onEvent } = resolveOptions(options)
    this.#steps = steps
    this.#policy = policy
    this.#onEvent = onEvent
  }

  /**
   * Introspects one token.
   *
   * Only the boolean `true` is active; `exp` and `nbf` are checked again by this process's clock. A token no server
   * could have issued (control characters, too long) is inactive and is not sent.
   *
   * @param token - the token as it was presented, without its scheme.
   * @returns the answer, deeply frozen: `{ active: false }` for every token that is not active, whatever the reason.
   * @throws TransportUnreachableError, TransportTimeoutError, TransportStatusError when there is no answer.
   * @throws TransportUnauthorizedError when our own credentials are refused.
   * @throws TransportEndpointMissingError when the metadata names no introspection endpoint.
   * @throws ResponseMalformedError, ResponseUntrustedError when the answer cannot be used.
   * @throws TypeError when the token is no string, a parameter is set by other means, or the client is closed.
   */
  async introspect(token: string, options: IntrospectOptions = {}): Promise<IntrospectionResult<Claims>> {
    if (typeof token !== 'string') throw new TypeError('token: must be a string')
    if (this.#closing !== undefined) throw new TypeError('the IntrospectionClient is closed')
    const onEvent = this.#onEvent
    if (onEvent === undefined) return introspect(token, options, this.#steps)
    return this.#observe(onEvent, introspect(token, options, this.#steps))
  }

  /**
   * Creates a guard: it takes the token of a request, introspects it and judges the answer.
   *
   * @param options - on top of the client's `policy`.
   * @throws TypeError naming the option, also when no audience was given anywhere.
   *
   * @example
   * ```ts
   * import type { IntrospectionClient } from '@token-introspection/client'
   *
   * export function ordersApi(introspection: IntrospectionClient) {
   *   const mayRead = introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' })
   *   return async (request: Request): Promise<Response> => {
   *     const decision = await mayRead(request)
   *     if (!decision.allowed) return decision.toResponse()
   *     return Response.json({ orders: [], for: decision.token.sub })
   *   }
   * }
   * ```
   * @see [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750.html#section-3)
   */
  guard(options: GuardOptions = {}): Guard<Claims> {
    const { audience, scope, realm } = resolveGuardOptions(options, this.#policy)
    const steps = {
      introspect: (token: string) => this.introspect(token),
      policy: { audience, scope },
      result: { realm },
    }
    return (request) => guard(request, steps)
  }

  /** Lets calls under way finish, then closes the connections. The client cannot be used afterwards. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    // A call may have a request still to make, after discovery; only when all are over may the connections go.
    await this.#steps.transport.deadlines.idle()
    await this.#steps.transport.close()
  }

  async #observe(onEvent: OnEvent, call: Promise<IntrospectionResult<Claims>>): Promise<IntrospectionResult<Claims>> {
    const started = performance.now()
    try {
      const result = await call
      report(onEvent, { type: 'introspected', active: result.active, durationMs: performance.now() - started })
      return result
    } catch (error) {
      if (isIntrospectionError(error))
        report(onEvent, { type: 'failed', error, durationMs: performance.now() - started })
      throw error
    }
  }
}

function report(onEvent: OnEvent, event: Parameters<OnEvent>[0]): void {
  try {
    const told: unknown = onEvent(event)
    if (told instanceof Promise) told.catch(() => undefined)
  } catch {
    // An observer's failure is not the caller's.
  }
}
