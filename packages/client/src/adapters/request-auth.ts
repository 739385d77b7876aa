/** The value of `request.auth` in Express. */
import type { IncomingMessage } from 'node:http'
import { type ActiveIntrospectionResult, presentedToken } from '../index.ts'
import { authInfoOf } from './auth-info.ts'
import { toGuardRequest } from './node.ts'

/**
 * The answer about the token, and beside it the members of `AuthInfo` of the MCP SDK, which reads `request.auth` too. Both are
 * called `auth`, and neither has members of the other. The members of `AuthInfo` are accessors, so they cost nothing until the
 * SDK reads them, and the token is in no log or JSON of this object.
 *
 * A claim with the name of such a member is only in `extra`: the SDK compares `scopes`, and a text there would match parts of it.
 */
export class RequestAuth {
  readonly #answer: ActiveIntrospectionResult
  readonly #request: IncomingMessage

  constructor(answer: ActiveIntrospectionResult, request: IncomingMessage) {
    this.#answer = answer
    this.#request = request
    for (const name of Object.keys(answer)) {
      if (!(name in RequestAuth.prototype)) (this as Record<string, unknown>)[name] = answer[name]
    }
  }

  /**
   * The token in the `Authorization` field; empty when there is none. A guard that does not read this field, because of
   * `token.sources`, has not checked it.
   */
  get token(): string {
    return presentedToken(toGuardRequest(this.#request)) ?? ''
  }

  get clientId(): string {
    return authInfoOf(this.#answer).clientId
  }

  get scopes(): string[] {
    return authInfoOf(this.#answer).scopes
  }

  get expiresAt(): number | undefined {
    return authInfoOf(this.#answer).expiresAt
  }

  get resource(): URL | undefined {
    return authInfoOf(this.#answer).resource
  }

  /** The answer itself. */
  get extra(): ActiveIntrospectionResult {
    return this.#answer
  }
}
