/** What is looked for: the token, with what its request says beside it. */
import type { IntrospectionRequest } from '@token-introspection/core'

/** Credentials of the caller stand in the same form; they are nobody else's business. */
const CREDENTIALS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type'])

/** One lookup. Resolvers and stores get it; `digest` and `parameter` are what most of them need. */
export class TokenLookup {
  /** The digest the stores know the token by. */
  readonly digest: string
  readonly #request: IntrospectionRequest
  #controller: AbortController | undefined

  constructor(request: IntrospectionRequest, digest: string) {
    this.#request = request
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

  /** Aborted once nobody waits for this lookup any more; made when first asked for. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
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
