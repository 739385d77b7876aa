/** Tokens of the requests that one adapter has let pass. */

const NOT_PASSED =
  'tokenOf: the request has not passed this guard. Mount this guard on the route, before the handler; a guard does not know the tokens that ' +
  'another guard has let pass'

/** Stores each token on its request, under a symbol of its own, so that the token of another guard is never taken for it. */
export class PassedTokens<Token> {
  readonly #key = Symbol('token')

  /** @param request - the object that the framework has for one request. */
  note(request: object, token: Token): void {
    ;(request as Record<symbol, unknown>)[this.#key] = token
  }

  /** @throws TypeError when this adapter has not let the request pass. */
  of(request: object): Token {
    if (!(this.#key in request)) throw new TypeError(NOT_PASSED)
    return (request as Record<symbol, unknown>)[this.#key] as Token
  }
}
