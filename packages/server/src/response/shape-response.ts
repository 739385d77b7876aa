/** Step `response`: what of a record is put into the answer (RFC 7662 §2.2). */
import {
  type ClaimsSchema,
  INACTIVE,
  type IntrospectionResponse,
  isIntrospectionError,
  isScope,
  parseIntrospectionResponse,
  validateExtensionClaims,
} from '@token-introspection/core'
import { ResponseShapeError } from '../errors.ts'
import type { TokenRecord } from '../lookup/token-record.ts'
import { discloseMembers } from './disclose-members.ts'
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
    const response = parseIntrospectionResponse(discloseMembers(record, step.issuer))
    if (!response.active) return response
    // The client reads any string as a scope; what we send follows the grammar.
    if (response.scope !== undefined && !isScope(response.scope)) {
      throw new ResponseShapeError(
        'a token record cannot be answered: scope is not scope tokens with one space between them',
      )
    }
    if (step.claims === undefined) return response
    return await validateExtensionClaims(response, step.claims)
  } catch (cause) {
    if (!isIntrospectionError(cause) || cause instanceof ResponseShapeError) throw cause
    throw new ResponseShapeError(`a token record cannot be answered: ${cause.message}`, { cause })
  }
}
