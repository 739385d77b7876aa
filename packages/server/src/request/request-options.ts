/** Options of step `request`, for every endpoint. */
import { DEFAULT_MAX_FORM_PARAMETERS } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { RequestStep } from './read-request.ts'

/** Step `request`: limits for what the handler reads. */
export interface RequestOptions {
  /** The largest body, in octets. The handler answers 413 when more have arrived. Default 32768, at least 256. */
  readonly maxBodyBytes?: number | undefined
  /** The largest number of parameters in a form. More are answered 400. Default 64, at least 4. */
  readonly maxParameters?: number | undefined
}

/** The defaults of the step. */
export const requestDefaults = Object.freeze({ maxBodyBytes: 32_768, maxParameters: DEFAULT_MAX_FORM_PARAMETERS })

/** Resolves the limits of the step. */
export function resolveRequest(options: unknown): Pick<RequestStep, 'maxBodyBytes' | 'maxParameters'> {
  const group = new OptionGroup('request', options, ['maxBodyBytes', 'maxParameters'])
  return {
    maxBodyBytes: group.integer('maxBodyBytes', { default: requestDefaults.maxBodyBytes, min: 256, max: 2 ** 24 }),
    maxParameters: group.integer('maxParameters', { default: requestDefaults.maxParameters, min: 4, max: 4096 }),
  }
}
