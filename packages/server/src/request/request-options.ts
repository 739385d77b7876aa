/** Options of step `request`. */
import { DEFAULT_MAX_FORM_PARAMETERS } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { RequestLimits } from './read-request.ts'

/** Step `request`, for every endpoint: limits for what the handler reads. */
export interface RequestOptions {
  /** The largest body, in octets. The handler answers 413 when more have arrived. Default 32768, at least 256. */
  readonly maxBodyBytes?: number | undefined
  /** The largest number of parameters in a form. More are answered 400. Default 64, at least 4. */
  readonly maxParameters?: number | undefined
  /**
   * The largest number of characters of a parameter, its name included, after decoding. A longer one is answered 413, and the
   * event names this option. Parameters with limits of their own do not count: `token`, `token_type_hint` and
   * `client_assertion` (16384). Default 8192, at least 256.
   */
  readonly maxParameterLength?: number | undefined
}

/** Step `request` of the introspection endpoint. */
export interface IntrospectionRequestOptions extends RequestOptions {
  /**
   * The largest number of characters of a token. A longer one is answered like an unknown one, `{"active":false}`, because a wrong
   * token is no error (RFC 7662 §2.2, §2.3). It is not looked up, takes no points from a budget, and has the reason `too-long` in
   * the event. Default 16384, at least 16.
   *
   * Set it above the length of every token that you issue, and keep `maxBodyBytes` larger: a token that does not fit into the
   * body is answered 413.
   */
  readonly maxTokenLength?: number | undefined
  /**
   * The largest number of characters of `token_type_hint`. A longer one counts as absent, because an unknown hint must change
   * nothing (RFC 7662 §2.1). Default 256, at least 32.
   */
  readonly maxHintLength?: number | undefined
}

/** The defaults of the step, for every endpoint. */
const limitDefaults = Object.freeze({
  maxBodyBytes: 32_768,
  maxParameters: DEFAULT_MAX_FORM_PARAMETERS,
  maxParameterLength: 8192,
})

/** The defaults of the step, for the introspection endpoint. */
export const requestDefaults = Object.freeze({ ...limitDefaults, maxTokenLength: 16_384, maxHintLength: 256 })

const LIMITS = ['maxBodyBytes', 'maxParameters', 'maxParameterLength']
const MAX_LENGTH = 2 ** 24

/** Resolves the limits of an endpoint. */
export function resolveRequest(options: unknown): RequestLimits {
  return resolveLimits(new OptionGroup('request', options, LIMITS))
}

/** Resolves the limits of the introspection endpoint, with those of the token and its hint. */
export function resolveIntrospectionRequest(
  options: unknown,
): RequestLimits & { readonly maxTokenLength: number; readonly maxHintLength: number } {
  const group = new OptionGroup('request', options, [...LIMITS, 'maxTokenLength', 'maxHintLength'])
  return {
    ...resolveLimits(group),
    maxTokenLength: group.integer('maxTokenLength', {
      default: requestDefaults.maxTokenLength,
      min: 16,
      max: MAX_LENGTH,
    }),
    maxHintLength: group.integer('maxHintLength', { default: requestDefaults.maxHintLength, min: 32, max: MAX_LENGTH }),
  }
}

function resolveLimits(group: OptionGroup): RequestLimits {
  return {
    maxBodyBytes: group.integer('maxBodyBytes', { default: limitDefaults.maxBodyBytes, min: 256, max: MAX_LENGTH }),
    maxParameters: group.integer('maxParameters', { default: limitDefaults.maxParameters, min: 4, max: 4096 }),
    maxParameterLength: group.integer('maxParameterLength', {
      default: limitDefaults.maxParameterLength,
      min: 256,
      max: MAX_LENGTH,
    }),
  }
}
