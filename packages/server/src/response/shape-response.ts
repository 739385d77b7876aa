/** Step `response`: what of a record is put into the answer (RFC 7662 §2.2). */
import {
  type ActiveIntrospectionResponse,
  type ClaimsSchema,
  extensionClaims,
  INACTIVE,
  type IntrospectionResponse,
  isIntrospectionError,
  parseIntrospectionResponse,
  REGISTERED_MEMBERS,
  validateExtensionClaims,
} from '@token-introspection/core'
import { ResponseShapeError } from '../errors.ts'
import type { TokenRecord } from '../lookup/token-record.ts'
import type { ErrorResponseStep } from './write-error-response.ts'

/** What the step needs. */
export interface ResponseStep extends ErrorResponseStep {
  /** The issuer, which stands in every active answer. */
  readonly issuer: string
  readonly claims: ClaimsSchema | undefined
}

/**
 * The introspection response for a record, or the inactive one, which is made here and nowhere else and never
 * differs. Absent members are left out, an empty scope too; nothing is ever `null`.
 */
export async function shapeResponse(
  record: TokenRecord | undefined,
  step: ResponseStep,
): Promise<IntrospectionResponse> {
  if (record === undefined) return INACTIVE
  try {
    const response = parseIntrospectionResponse(membersOf(record, step))
    if (step.claims === undefined || !response.active) return response
    return await validateExtensionClaims(response, step.claims)
  } catch (cause) {
    if (!isIntrospectionError(cause)) throw cause
    throw new ResponseShapeError(`a token record cannot be answered: ${cause.message}`, { cause })
  }
}

/** The disclosed members of a record; names of ours stay behind. */
function membersOf(record: TokenRecord, step: ResponseStep): ActiveIntrospectionResponse {
  const members: ActiveIntrospectionResponse = { active: true }
  for (const [name, value] of Object.entries(record)) {
    if (REGISTERED_MEMBERS.has(name) && value !== undefined && value !== null && name !== 'active')
      members[name] = value
  }
  if (members.scope === '') delete members.scope
  members.token_type ??= members.cnf?.jkt === undefined ? 'Bearer' : 'DPoP'
  members.iss ??= step.issuer
  if (record.claims) Object.assign(members, extensionClaims(record.claims as Record<string, unknown>))
  return members
}
