/** Step `response`: what of a record is put into the answer (RFC 7662 §2.2). */
import {
  type ActiveIntrospectionResponse,
  type ClaimsSchema,
  INACTIVE,
  type IntrospectionResponse,
  isIntrospectionError,
  isScope,
  parseIntrospectionResponse,
  validateExtensionClaims,
} from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { Disclosure } from '../authorization/authorize-disclosure.ts'
import type { DisclosureView } from '../authorization/disclosure-view.ts'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ResponseShapeError } from '../errors.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import { discloseMembers } from './disclose-members.ts'
import { narrowResponse } from './narrow-response.ts'
import type { RememberedAnswers } from './remembered-answers.ts'
import type { Answer } from './answer.ts'

/** What shaping needs. */
export interface ShapeStep {
  /** The issuer, which stands in every active answer. */
  readonly issuer: string
  readonly claims: ClaimsSchema | undefined
  /** Milliseconds that views and the schema may take. */
  readonly timeoutMs: number
  /** Answers that need not be shaped again; `undefined` where a schema has to see every record. */
  readonly remembered: RememberedAnswers | undefined
}

/** The one inactive answer. */
export const INACTIVE_ANSWER: Answer = Object.freeze({ response: INACTIVE, written: undefined })

/**
 * The introspection response for what may be disclosed, or the inactive one, which is made here and nowhere else and
 * never differs. Absent members are left out, an empty scope too; nothing is ever `null`.
 *
 * The record is held against the schema whole, then narrowed by the view of the policy and by that of the protected
 * resource, and what came of that is held against the schema again.
 */
export function shapeResponse(
  { record, view }: Disclosure,
  protectedResource: Pick<ProtectedResource, 'view'>,
  step: ShapeStep,
): MaybePromise<Answer> {
  if (record === undefined) return INACTIVE_ANSWER
  const views = viewsOf(view, protectedResource.view)
  if (views !== undefined) {
    return andThen(shapeRecord(record, step), (whole) =>
      narrowByViews(whole, record, views, step).then((response) => toAnswer(response, record)),
    )
  }
  const known = step.remembered?.get(record)
  if (known !== undefined) return known
  return andThen(shapeRecord(record, step), (response) => {
    const answer = toAnswer(response, record)
    step.remembered?.set(record, answer)
    return answer
  })
}

/**
 * A refresh token is marked after every view and schema, so that its answer is never taken for that of an access token: it
 * has no `token_type`, and most software takes that for a bearer token.
 */
function toAnswer(response: ActiveIntrospectionResponse, { kind }: TokenRecord): Answer {
  if (kind === 'access_token') return { response, written: undefined }
  return { response: { ...response, token_use: 'refresh_token' }, written: undefined }
}

function viewsOf(
  ofPolicy: DisclosureView | undefined,
  ofResource: DisclosureView | undefined,
): readonly DisclosureView[] | undefined {
  if (ofPolicy === undefined) return ofResource === undefined ? undefined : [ofResource]
  return ofResource === undefined ? [ofPolicy] : [ofPolicy, ofResource]
}

function shapeRecord(record: TokenRecord, step: ShapeStep): MaybePromise<ActiveIntrospectionResponse> {
  const response = parseMembers(discloseMembers(record, step.issuer))
  const { claims } = step
  if (claims === undefined) return response
  return askDependency(() => validateExtensionClaims(response, claims), step.timeoutMs, toShapeError)
}

async function narrowByViews(
  whole: ActiveIntrospectionResponse,
  record: TokenRecord,
  views: readonly DisclosureView[],
  step: ShapeStep,
): Promise<ActiveIntrospectionResponse> {
  let response = whole
  for (const view of views) {
    response = await askDependency(() => narrowResponse(response, record, view), step.timeoutMs, toShapeError)
  }
  return parseMembers(response)
}

function parseMembers(members: ActiveIntrospectionResponse): ActiveIntrospectionResponse {
  let response: IntrospectionResponse
  try {
    response = parseIntrospectionResponse(members)
  } catch (cause) {
    throw toShapeError(cause)
  }
  // The client reads any string as a scope; what we send follows the grammar.
  if (response.active && response.scope !== undefined && !isScope(response.scope)) {
    throw new ResponseShapeError(
      'a token record cannot be answered: scope is not scope tokens with one space between them',
    )
  }
  return response as ActiveIntrospectionResponse
}

/** A message of ours names members; any other may hold values. */
function toShapeError(cause: unknown): ResponseShapeError {
  const why = isIntrospectionError(cause) ? cause.message : 'a view or the claims schema failed'
  return new ResponseShapeError(`a token record cannot be answered: ${why}`, { cause })
}
