/** Options of step `response`. */
import type { ClaimsSchema } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { TransportStep } from '../transport/transport-step.ts'
import type { InactiveReply } from '../transport/read-reply.ts'
import { resolveInactiveReplies } from './inactive-replies.ts'
import { type JwtResponseOptions, resolveJwtResponse } from './jwt-response-options.ts'
import {
  type MemberAliases,
  type MemberRenames,
  resolveTolerance,
  toleranceDefaults,
  type ToleranceOptions,
} from './tolerance-options.ts'
import type { ResponseStep } from './validate-response.ts'

/** Step `response`: which answers the client accepts. */
export interface ResponseOptions {
  /** How many seconds the two clocks may differ when `exp` and `nbf` are checked. Default 5, from 0 to 300. */
  readonly leewaySeconds?: number | undefined
  /**
   * Issuers that an answer may name in `iss`. Default the `issuer` option alone; any, when only `endpoint` is given.
   */
  readonly acceptedIssuers?: readonly string[] | undefined
  /** Request signed answers and refuse all others (RFC 9701). Without it answers are JSON. */
  readonly jwt?: JwtResponseOptions | undefined
  /** Deviations from the standard that the client tolerates, each by its name. Default none. */
  readonly tolerate?: ToleranceOptions | undefined
  /**
   * Names that the server uses for registered members, such as `{ username: 'user_name' }`. A member under its
   * registered name is not replaced. `active` cannot have another name, and a registered name cannot stand for another
   * member. Default none.
   */
  readonly aliases?: MemberAliases | undefined
  /**
   * New names for members that have another meaning at the server than the registered member, such as `{ permissions:
   * 'acme_permissions' }` where `permissions` is a list of strings. Default none.
   */
  readonly renames?: MemberRenames | undefined
  /**
   * Replies other than 200 that mean an inactive token at this server, such as `[{ status: 204 }]`. An entry without
   * `error` matches a body that names no error. Default none: every such reply is an error.
   *
   * Security: if you list 401 or 403, refused credentials look like inactive tokens.
   */
  readonly inactiveWhen?: readonly InactiveReply[] | undefined
}

/** The defaults of the step. */
export const responseDefaults = Object.freeze({ leewaySeconds: 5, tolerate: toleranceDefaults })

/**
 * Resolves the step from the options of the client. Signed answers need keys, which the client fetches with its own
 * transport.
 */
export function resolveResponse(
  options: OptionGroup,
  transport: TransportStep,
  listeners: Pick<ResponseStep, 'onUnreadable' | 'onUnusable'>,
): ResponseStep {
  const group = new OptionGroup('response', options.raw('response'), [
    'leewaySeconds',
    'acceptedIssuers',
    'jwt',
    'tolerate',
    'aliases',
    'renames',
    'inactiveWhen',
  ])
  const issuer = options.string('issuer')
  const acceptedIssuers = group.strings('acceptedIssuers') ?? (issuer === undefined ? undefined : [issuer])
  const claims = options.raw('claims') as ClaimsSchema | undefined
  if (claims !== undefined && typeof claims?.['~standard']?.validate !== 'function') {
    throw options.error('claims', 'must be a Standard Schema, such as z.object({ tenant: z.string() })')
  }
  const leewaySeconds = group.number('leewaySeconds', { default: responseDefaults.leewaySeconds, min: 0, max: 300 })
  const tolerance = resolveTolerance(group)
  return {
    tolerance,
    ...listeners,
    inactiveWhen: resolveInactiveReplies(group),
    leewaySeconds,
    acceptedIssuers: acceptedIssuers && new Set(acceptedIssuers),
    claims,
    jwt: resolveJwtResponse(group.raw('jwt'), {
      ...transport,
      clientId: transport.clientAuthentication.clientId,
      leewaySeconds,
      tolerance,
      nowMs: options.function<() => number>('now') ?? Date.now,
    }),
  }
}
