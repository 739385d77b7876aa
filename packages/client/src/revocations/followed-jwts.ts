/** Whether a JWT that is never introspected was revoked, as far as the feed has said. */
import type { ActiveIntrospectionResponse } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { RevocationKeys } from '@token-introspection/core/revocations'
import { type JwtKeys, keysOfJwt } from './jwt-keys.ts'
import type { RevocationState } from './revocation-state.ts'
import type { RevokedKeys } from './revoked-keys.ts'

/**
 * Why a JWT must not be accepted by itself. `revoked`: an event names it. `forgotten`: an event that may have named it is
 * not kept any more.
 */
export type JwtRefusal = 'revoked' | 'forgotten'

/** One verified JWT, and what can end it. What it says changes with every event. */
export interface FollowedJwt {
  readonly keys: readonly string[]
  /** Why it must not be accepted now; `undefined` when nothing speaks against it. */
  refusal(): JwtRefusal | undefined
  /** Whether every event that can concern it was applied, up to the moment as of which the feed is known. */
  isCovered(): boolean
}

/** What the feed says about JWTs. */
export class FollowedJwts {
  readonly revoked: RevokedKeys
  readonly #state: RevocationState
  readonly #keyOf: RevocationKeys

  constructor(state: RevocationState, revoked: RevokedKeys, keyOf: RevocationKeys) {
    this.#state = state
    this.revoked = revoked
    this.#keyOf = keyOf
  }

  /**
   * Finds what can end a JWT.
   *
   * @param response - its claims. They must be verified.
   */
  find(token: string, response: ActiveIntrospectionResponse): MaybePromise<FollowedJwt> {
    // A token that does not say when it was issued may have been issued before everything.
    const issuedAt = response.iat ?? Number.NEGATIVE_INFINITY
    return andThen(keysOfJwt(token, response, this.#keyOf), (keys) => ({
      keys: [...keys.own, ...keys.shared],
      refusal: () => this.#refusal(keys, issuedAt),
      isCovered: () => issuedAt > (this.#state.since ?? Number.POSITIVE_INFINITY),
    }))
  }

  #refusal({ own, shared }: JwtKeys, issuedAt: number): JwtRefusal | undefined {
    const { revoked } = this
    const isNamed =
      own.some((key) => revoked.cutOf(key) > Number.NEGATIVE_INFINITY) ||
      shared.some((key) => {
        const cut = revoked.cutOf(key)
        return cut > Number.NEGATIVE_INFINITY && issuedAt <= cut
      })
    if (isNamed) return 'revoked'
    // Only what was forgotten in fact counts, so negative infinity is not compared with itself.
    const { forgottenUntil } = revoked
    return forgottenUntil > Number.NEGATIVE_INFINITY && issuedAt <= forgottenUntil ? 'forgotten' : undefined
  }
}
