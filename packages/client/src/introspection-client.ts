/// <reference lib="esnext.disposable" preserve="true" />
/** The public entry of the resource server's side. */
import { isIntrospectionError } from '@token-introspection/core'
import { type OnEvent, report } from './events.ts'
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
import { tokenPart } from './token/fingerprint-token.ts'

/** What {@link IntrospectionClient.statistics} counts, since the client was created. */
export interface IntrospectionStatistics {
  /** Calls that were answered from the cache, those with an inactive answer included. */
  readonly hits: number
  /** How many of the hits were inactive answers. */
  readonly inactiveHits: number
  /** Calls that looked in the cache and found nothing fresh enough, `maxAgeSeconds: 0` included. */
  readonly misses: number
  /** Calls that shared the request of another call about the same token. */
  readonly joined: number
  /** Answers in the cache now, expired ones that were not dropped yet included; `undefined` with a store of your own. */
  readonly entries: number | undefined
}

/**
 * Asks an authorization server whether tokens are good right now (RFC 7662).
 *
 * Create one per authorization server and keep it: it owns the connections, the discovered endpoint and the cache, if
 * there is one. Nothing is cached unless `cache` is given, and no request is made before the first call. Calls about the
 * same token at the same time share one request, cache or no cache.
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
   * @throws ResponseKeysUnavailableError when it is signed, and there is no key to verify it with.
   * @throws TypeError when the token is no string, `maxAgeSeconds` no number of seconds, a parameter is set by other
   * means, or the client is closed.
   */
  async introspect(token: string, options: IntrospectOptions = {}): Promise<IntrospectionResult<Claims>> {
    if (typeof token !== 'string') throw new TypeError('token: must be a string')
    if (this.#closing !== undefined) throw new TypeError('the IntrospectionClient is closed')
    const { maxAgeSeconds } = options
    if (maxAgeSeconds !== undefined && !(typeof maxAgeSeconds === 'number' && maxAgeSeconds >= 0)) {
      throw new TypeError('maxAgeSeconds: must be a number of seconds, 0 or more')
    }
    const onEvent = this.#onEvent
    if (onEvent === undefined) return introspect(token, options, this.#steps)
    return this.#observe(onEvent, token, options)
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
    const { audience, scope, realm, maxAgeSeconds } = resolveGuardOptions(options, this.#policy)
    const call: IntrospectOptions = Object.freeze({ maxAgeSeconds })
    const steps = {
      introspect: (token: string) => this.introspect(token, call),
      policy: { audience, scope },
      result: { realm },
    }
    return (request) => guard(request, steps)
  }

  /**
   * Forgets what is known about one token, whatever hint or parameters it was asked about with: the next call asks, and
   * an answer that is under way is not kept. In a store that several processes share, answers with a hint or parameters
   * are forgotten by this process alone.
   *
   * @param token - the token as it was presented, without its scheme.
   * @returns when it is forgotten. A store that fails is reported as `ERR_CACHE_STORE`; this client does not use the
   * answer even so.
   * @throws TypeError when the token is no string.
   *
   * @example
   * ```ts
   * import type { IntrospectionClient } from '@token-introspection/client'
   *
   * export async function onLogout(introspection: IntrospectionClient, token: string): Promise<void> {
   *   await introspection.forget(token)
   * }
   * ```
   */
  async forget(token: string): Promise<void> {
    if (typeof token !== 'string') throw new TypeError('token: must be a string')
    const key = await this.#steps.token.fingerprint(token, {})
    this.#steps.flights.forget((other) => tokenPart(other) === key)
    await this.#steps.cache?.answers.forget(key)
  }

  /**
   * Forgets every answer, as {@link IntrospectionClient.forget} does for one token. It clears the whole store, for every
   * process that shares it.
   */
  async forgetAll(): Promise<void> {
    this.#steps.flights.forget(() => true)
    await this.#steps.cache?.answers.forgetAll()
  }

  /** What the cache and the sharing of requests have come to so far; zeros where there is no cache. */
  statistics(): IntrospectionStatistics {
    const { cache, flights } = this.#steps
    const { hits = 0, inactiveHits = 0, misses = 0 } = cache?.answers ?? {}
    return Object.freeze({ hits, inactiveHits, misses, joined: flights.joined, entries: cache ? cache.entries() : 0 })
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

  async #observe(onEvent: OnEvent, token: string, options: IntrospectOptions): Promise<IntrospectionResult<Claims>> {
    const started = performance.now()
    try {
      const result = await introspect(token, options, this.#steps)
      report(onEvent, { type: 'introspected', active: result.active, durationMs: performance.now() - started })
      return result
    } catch (error) {
      if (isIntrospectionError(error))
        report(onEvent, { type: 'failed', error, durationMs: performance.now() - started })
      throw error
    }
  }
}
