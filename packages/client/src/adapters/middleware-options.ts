/** Options of the middleware of every framework. */
import { OptionGroup } from '@token-introspection/core/options'

/** How every middleware handles a CORS preflight. */
export interface PreflightOptions {
  /**
   * Whether a CORS preflight passes without a token, for a CORS middleware after the guard. Default `false`: the guard
   * answers it with 204 and no CORS permission, so no code after the guard runs without a token. A CORS middleware
   * before the guard needs no option.
   *
   * Security: anybody can send a preflight. With `true`, every handler after the guard must answer `OPTIONS` without
   * data. A handler for all methods, such as `app.use` or `app.all`, would serve its data.
   */
  readonly passPreflights?: boolean | undefined
}

/** Where a middleware leaves the token. */
export interface PropertyOptions {
  /**
   * The member of the request that holds the token, for applications in which another package writes `request.auth`. Default
   * `auth`.
   */
  readonly property?: string | undefined
}

/** Reads the option. @throws TypeError when it cannot be the name of a member. */
export function readProperty(group: OptionGroup): string {
  const property = group.string('property') ?? 'auth'
  // Assigning to `__proto__` would give the request other inherited members.
  if (!/^[A-Za-z_$][\w$]*$/.test(property) || property === '__proto__') {
    throw group.error('property', 'must be a name, such as "caller"')
  }
  return property
}

/** The resolved options. */
export interface ResolvedMiddleware<OnRefusal> {
  readonly onRefusal: OnRefusal | undefined
  readonly passPreflights: boolean
}

/**
 * Reads the options.
 *
 * @param adapter - the name of the function that has the options.
 * @throws TypeError naming the option that is unknown or wrong.
 */
export function resolveMiddleware<OnRefusal>(adapter: string, options: unknown): ResolvedMiddleware<OnRefusal> {
  return readMiddleware(new OptionGroup(adapter, options, ['onRefusal', 'passPreflights']))
}

/** Reads the options from a group that has more options. */
export function readMiddleware<OnRefusal>(group: OptionGroup): ResolvedMiddleware<OnRefusal> {
  return {
    onRefusal: group.function<OnRefusal>('onRefusal'),
    passPreflights: group.boolean('passPreflights', false),
  }
}

/** A client in place of its guard is refused at once, not with the first request. */
export function requireGuard(guard: unknown): void {
  if (typeof guard === 'function') return
  const isClient = typeof (guard as { guard?: unknown } | null | undefined)?.guard === 'function'
  throw new TypeError(
    isClient
      ? 'guard: this is the client, not a guard; pass client.guard()'
      : 'guard: must be a guard, a function such as client.guard() returns',
  )
}
