/** The value of `request.auth` in Express. */
import type { IncomingMessage } from 'node:http'
import type { ActiveIntrospectionResult, OptionalGuard } from '../index.ts'
import { authInfoOf } from './auth-info.ts'
import { toGuardRequest } from './node.ts'
import { tokenReadBy } from './token-read-by.ts'

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
  readonly #guard: OptionalGuard

  constructor(answer: ActiveIntrospectionResult, request: IncomingMessage, guard: OptionalGuard) {
    this.#answer = answer
    this.#request = request
    this.#guard = guard
    for (const name of Object.keys(answer)) {
      if (!(name in RequestAuth.prototype)) (this as Record<string, unknown>)[name] = answer[name]
    }
  }

  /** The token that the guard has read. Empty when your own function wraps the guard. */
  get token(): string {
    return tokenReadBy(this.#guard, toGuardRequest(this.#request))
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
