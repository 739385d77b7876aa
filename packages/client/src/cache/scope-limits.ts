/** Step `cache`: how old the answer about a token may be, by what the token may do. */
import { type ActiveIntrospectionResponse, parseScope } from '@token-introspection/core'

/** Seconds by scope. A scope that ends with `*` stands for every scope that begins like it. */
export class ScopeLimits {
  readonly #exact = new Map<string, number>()
  readonly #beginnings: (readonly [beginning: string, seconds: number])[] = []

  constructor(seconds: Readonly<Record<string, number>>) {
    for (const [scope, limit] of Object.entries(seconds)) {
      if (scope.endsWith('*')) this.#beginnings.push([scope.slice(0, -1), limit])
      else this.#exact.set(scope, limit)
    }
  }

  /** The smallest limit of a token with these scopes or permissions; infinite when none of them has a limit. */
  limitOf({ scope, permissions }: Pick<ActiveIntrospectionResponse, 'scope' | 'permissions'>): number {
    let limit = Number.POSITIVE_INFINITY
    // Permissions have scopes of their own (UMA 2.0 Federated Authorization §5.1.1).
    const ofPermissions = permissions?.flatMap(({ resource_scopes }) => resource_scopes ?? []) ?? []
    for (const one of [...parseScope(scope), ...ofPermissions]) {
      limit = Math.min(limit, this.#exact.get(one) ?? limit)
      for (const [beginning, seconds] of this.#beginnings)
        if (one.startsWith(beginning)) limit = Math.min(limit, seconds)
    }
    return limit
  }
}
