/** What is looked for: the token, with what its request says beside it. */
import type { IntrospectionRequest } from '@token-introspection/core'
import type { HttpRequest } from '../http/http-message.ts'

/** Credentials of the caller stand in the same form; they are nobody else's business. */
const CREDENTIALS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type'])

/** Who waits for a lookup. */
export type Caller = Pick<HttpRequest, 'signal'>

/** One lookup. Resolvers and stores get it; `digest` and `parameter` are what most of them need. */
export class TokenLookup {
  /** The digest the stores know the token by. */
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
   * Security: whoever has it can use it. Do not log it, store it or send it to anyone but its issuer.
   */
  get token(): string {
    return this.#request.token
  }

  /** What the caller believes the token to be. It may be wrong or unknown, so it may order a search and never end one. */
  get tokenTypeHint(): string | undefined {
    return this.#request.tokenTypeHint
  }

  /**
   * Aborted once nobody waits for this lookup any more: its time is up, or the caller has gone, where the host tells. Made
   * when first asked for.
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
   * A further parameter of the request, such as `resource`, when it stands once and is not empty (RFC 7662 §2.1).
   * Credentials are never given.
   */
  parameter(name: string): string | undefined {
    const values = this.parameters(name)
    return values.length === 1 && values[0] !== '' ? values[0] : undefined
  }

  /** Every value of a further parameter. */
  parameters(name: string): readonly string[] {
    return CREDENTIALS.has(name) ? [] : this.#request.parameters.getAll(name)
  }

  /** @internal nobody waits any more. */
  abort(reason: Error): void {
    this.#controller?.abort(reason)
  }
}
