/** Options of step `response`. */
import type { ClaimsSchema } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { ResponseStep } from './validate-response.ts'

/** Step `response`: what is accepted as an answer. */
export interface ResponseOptions {
  /** Seconds the two clocks may differ when `exp` and `nbf` are checked. Default 5, from 0 to 300. */
  readonly leewaySeconds?: number | undefined
  /**
   * Issuers an answer may name in `iss`. Default the `issuer` option alone; any, when only `endpoint` is given.
   */
  readonly acceptedIssuers?: readonly string[] | undefined
}

/** The defaults of the step. */
export const responseDefaults = Object.freeze({ leewaySeconds: 5 })

/** The step, from the options of the client. */
export function resolveResponse(options: OptionGroup): ResponseStep {
  const group = new OptionGroup('response', options.raw('response'), ['leewaySeconds', 'acceptedIssuers'])
  const issuer = options.string('issuer')
  const acceptedIssuers = group.strings('acceptedIssuers') ?? (issuer === undefined ? undefined : [issuer])
  const claims = options.raw('claims') as ClaimsSchema | undefined
  if (claims !== undefined && typeof claims?.['~standard']?.validate !== 'function') {
    throw options.error('claims', 'must be a Standard Schema, such as z.object({ tenant: z.string() })')
  }
  return {
    leewaySeconds: group.number('leewaySeconds', { default: responseDefaults.leewaySeconds, min: 0, max: 300 }),
    acceptedIssuers: acceptedIssuers && new Set(acceptedIssuers),
    claims,
  }
}
