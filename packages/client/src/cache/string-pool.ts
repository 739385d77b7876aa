/** Step `cache`: keeps equal strings of answers only once, which halves the memory of an answer. */
import type { IntrospectionResponse } from '@token-introspection/core'

/** Members that name the same few parties and permissions again and again. */
const COMMON_MEMBERS = ['iss', 'aud', 'client_id', 'scope', 'token_type', 'acr'] as const

/** Longer strings are rarely equal. */
const MAX_LENGTH = 512

/**
 * The strings of one cache, limited in number. When there are too many, the pool starts again; stored answers do not
 * change.
 */
export class StringPool {
  readonly #maxStrings: number
  readonly #strings = new Map<string, string>()

  constructor(maxStrings = 4096) {
    this.#maxStrings = maxStrings
  }

  /** Replaces strings of an answer by equal ones from the pool. The answer must not be frozen yet. */
  share(response: IntrospectionResponse): void {
    if (!response.active) return
    const members = response as { [member: string]: unknown }
    for (const name of COMMON_MEMBERS) {
      const value = members[name]
      if (typeof value === 'string') members[name] = this.#pooled(value)
      else if (Array.isArray(value)) {
        for (const [index, element] of value.entries()) {
          if (typeof element === 'string') (value as unknown[])[index] = this.#pooled(element)
        }
      }
    }
  }

  #pooled(value: string): string {
    if (value.length > MAX_LENGTH) return value
    const known = this.#strings.get(value)
    if (known !== undefined) return known
    if (this.#strings.size >= this.#maxStrings) this.#strings.clear()
    this.#strings.set(value, value)
    return value
  }
}
