/** Options of step `response`. */
import type { ClaimsSchema } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { TransportStep } from '../transport/transport-step.ts'
import { type JwtResponseOptions, resolveJwtResponse } from './jwt-response-options.ts'
import type { ResponseStep } from './validate-response.ts'

/** Step `response`: what is accepted as an answer. */
export interface ResponseOptions {
  /** Seconds the two clocks may differ when `exp` and `nbf` are checked. Default 5, from 0 to 300. */
  readonly leewaySeconds?: number | undefined
  /**
   * Issuers an answer may name in `iss`. Default the `issuer` option alone; any, when only `endpoint` is given.
   */
  readonly acceptedIssuers?: readonly string[] | undefined
  /** Ask for signed answers, and take no others (RFC 9701). Without it answers are JSON. */
  readonly jwt?: JwtResponseOptions | undefined
}

/** The defaults of the step. */
export const responseDefaults = Object.freeze({ leewaySeconds: 5 })

/** The step, from the options of the client; signed answers need keys, which are fetched as everything else is. */
export function resolveResponse(options: OptionGroup, transport: TransportStep): ResponseStep {
  const group = new OptionGroup('response', options.raw('response'), ['leewaySeconds', 'acceptedIssuers', 'jwt'])
  const issuer = options.string('issuer')
  const acceptedIssuers = group.strings('acceptedIssuers') ?? (issuer === undefined ? undefined : [issuer])
  const claims = options.raw('claims') as ClaimsSchema | undefined
  if (claims !== undefined && typeof claims?.['~standard']?.validate !== 'function') {
    throw options.error('claims', 'must be a Standard Schema, such as z.object({ tenant: z.string() })')
  }
  const leewaySeconds = group.number('leewaySeconds', { default: responseDefaults.leewaySeconds, min: 0, max: 300 })
  return {
    leewaySeconds,
    acceptedIssuers: acceptedIssuers && new Set(acceptedIssuers),
    claims,
    jwt: resolveJwtResponse(group.raw('jwt'), {
      ...transport,
      clientId: transport.clientAuthentication.clientId,
      leewaySeconds,
      nowMs: options.function<() => number>('now') ?? Date.now,
    }),
  }
}
