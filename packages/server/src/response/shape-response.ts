/** Step `response`: turns a record into the answer (RFC 7662 §2.2). */
import {
  type ActiveIntrospectionResponse,
  type ClaimsSchema,
  INACTIVE,
  type IntrospectionResponse,
  isIntrospectionError,
  isScope,
  messageOf,
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

/** The resolved options for shaping. */
export interface ShapeStep {
  /** The issuer. Every active answer contains it. */
  readonly issuer: string
  readonly claims: ClaimsSchema | undefined
  /** The longest time for each view and for the schema, in milliseconds. */
  readonly timeoutMs: number
  /** Answers that were shaped before. `undefined` with a schema, because a schema must see every record. */
  readonly remembered: RememberedAnswers | undefined
}

/** The only inactive answer. */
export const INACTIVE_ANSWER: Answer = Object.freeze({ response: INACTIVE, written: undefined })

/**
 * Makes the answer from what may be disclosed. Without a record it is the inactive answer, which no other code makes and which is
 * always the same. Absent members and an empty scope are left out. No member is `null`.
 *
 * The schema first checks the whole record. Then the views of the policy and of the protected resource narrow it, and the schema
 * checks the result again.
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
 * Marks the answer about a refresh token after every view and schema, so that nobody mistakes it for one about an access token.
 * It has no `token_type`, and most software treats such an answer as one about a bearer token.
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
  // The client package accepts any string as scope, but this server sends only valid ones.
  if (response.active && response.scope !== undefined && !isScope(response.scope)) {
    throw new ResponseShapeError(
      'a token record cannot be answered: scope is not scope tokens with one space between them',
    )
  }
  return response as ActiveIntrospectionResponse
}

/** Messages of this library name members. Other messages may contain values, so they are not used. */
function toShapeError(cause: unknown): ResponseShapeError {
  const why = isIntrospectionError(cause) ? messageOf(cause) : 'a view or the claims schema failed'
  return new ResponseShapeError(`a token record cannot be answered: ${why}`, { cause })
}
