/** Options of step `response`, for every endpoint. */
import type { OptionGroup } from '@token-introspection/core/options'
import type { JwtResponseOptions } from './jwt-response-options.ts'

/** Step `response`, for every endpoint. */
export interface ResponseOptions {
  /** The `Retry-After` of a 503, in seconds. A failed lookup of one token has none. Default 1, from 0 to 3600. */
  readonly retryAfterSeconds?: number | undefined
}

/** Step `response` of the introspection endpoint. */
export interface IntrospectionResponseOptions extends ResponseOptions {
  /** Offers signed answers, and encrypted ones to protected resources that register encryption (RFC 9701). Default: JSON only. */
  readonly jwt?: JwtResponseOptions | undefined
}

/** The defaults of the step. */
export const responseDefaults = Object.freeze({ retryAfterSeconds: 1 })

/** Resolves the option that step `response` of every endpoint has. */
export function resolveRetryAfterSeconds(group: OptionGroup): number {
  return group.integer('retryAfterSeconds', { default: responseDefaults.retryAfterSeconds, min: 0, max: 3600 })
}
