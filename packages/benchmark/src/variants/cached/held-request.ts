/** The least that can be a request: one field, held as it is. */
import type { GuardRequest } from '@token-introspection/client'

/** A request with an `Authorization` field, which is its own header fields. */
export class HeldRequest implements GuardRequest {
  readonly #authorization: string

  constructor(authorization: string) {
    this.#authorization = authorization
  }

  get headers(): GuardRequest['headers'] {
    return this
  }

  get(name: string): string | undefined {
    return name === 'authorization' ? this.#authorization : undefined
  }
}
