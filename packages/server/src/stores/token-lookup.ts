/** The token that a lookup searches for, and the parameters of its request. */
import type { IntrospectionRequest } from '@token-introspection/core'
import type { HttpRequest } from '../http/http-message.ts'

/** The parameters with credentials of the caller, which stores and resolvers must not see. */
const CREDENTIALS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type'])

/** The caller that waits for a lookup. */
export type Caller = Pick<HttpRequest, 'signal'>

/** One lookup, as resolvers and stores get it. Most of them need only `digest` and `parameter`. */
export class TokenLookup {
  /** The digest of the token. It is the key in stores. */
  readonly digest: string
  readonly #request: IntrospectionRequest
  readonly #caller: Caller | undefined
  #controller: AbortController | undefined

  constructor(request: IntrospectionRequest, digest: string, caller?: Caller) {
    this.#request = request
    this.#caller = caller
    this.digest = digest
  }

  /**
   * The token as it was presented.
   *
   * Security: anybody who has it can use it. Do not log it, store it or send it to anyone but its issuer.
   */
  get token(): string {
    return this.#request.token
  }

  /** The kind of token that the caller expects. It may be wrong or unknown, so it may order a search, but never end one. */
  get tokenTypeHint(): string | undefined {
    return this.#request.tokenTypeHint
  }

  /**
   * Aborted when nobody waits for this lookup any more: its time is over, or the caller has disconnected, if the host knows that.
   * Created on first use.
   */
  get signal(): AbortSignal {
    this.#controller ??= this.#createController()
    return this.#controller.signal
  }

  #createController(): AbortController {
    const controller = new AbortController()
    const left = this.#caller?.signal?.()
    if (left?.aborted === true) controller.abort(left.reason)
    else left?.addEventListener('abort', () => controller.abort(left.reason), { once: true })
    return controller
  }

  /**
   * A further parameter of the request, such as `resource`, if it occurs once and is not empty (RFC 7662 §2.1). Credentials are
   * never returned.
   */
  parameter(name: string): string | undefined {
    const values = this.parameters(name)
    return values.length === 1 && values[0] !== '' ? values[0] : undefined
  }

  /** Every value of a further parameter. */
  parameters(name: string): readonly string[] {
    return CREDENTIALS.has(name) ? [] : this.#request.parameters.getAll(name)
  }

  /** @internal Called when nobody waits any more. */
  abort(reason: Error): void {
    this.#controller?.abort(reason)
  }
}
