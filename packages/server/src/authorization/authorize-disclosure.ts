/** Step `authorization`: may this protected resource learn about this token? (RFC 7662 §2.2, §4) */
import { audienceIntersects } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { AuthorizationPolicyError } from '../errors.ts'
import type { FoundToken, LookupReason } from '../lookup/find-token.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import { type DisclosureRequest, toDisclosureRequest } from './disclosure-request.ts'
import { type DisclosureView, readView } from './disclosure-view.ts'
import type { Warn } from '../events/warning.ts'

/**
 * Decides whether a protected resource may learn about a token. Return `true`, or a view that limits what it learns. The token
 * is inactive for any other result. `request` has the parameters `resource` and `audience`, which the protected resource chose: let
 * them only narrow what it learns.
 */
export type DisclosurePolicy = (
  protectedResource: ProtectedResource,
  record: TokenRecord,
  request: DisclosureRequest,
) => boolean | DisclosureView | Promise<boolean | DisclosureView>

/** The resolved options of the step. */
export interface AuthorizationStep {
  readonly allow: DisclosurePolicy
  /** Whether clients may ask about refresh tokens that were issued to them. */
  readonly refreshTokens: boolean
  /** The longest time for the policy, in milliseconds. */
  readonly timeoutMs: number
  readonly warn: Warn
}

/** The reason for an inactive answer. It is for the operator and never goes over the wire. */
export type InactiveReason = LookupReason | 'refresh-token' | 'other-kind' | 'denied'

/** The record that may be disclosed, or the reason against it. */
export interface Disclosure {
  readonly record: TokenRecord | undefined
  /** The view that the policy returned, if it returned one. */
  readonly view: DisclosureView | undefined
  readonly reason: InactiveReason | undefined
}

/**
 * The default policy: it allows a token that has an audience of the protected resource, or was issued to it. A token without
 * audience is only for the client that it was issued to (RFC 9700 §2.3).
 */
export function audienceOrOwner(protectedResource: ProtectedResource, record: TokenRecord): boolean {
  return audienceIntersects(record.aud ?? undefined, protectedResource.audiences) || isOwner(protectedResource, record)
}

/** The policy `nobody`: like {@link audienceOrOwner}, but a token without audience is not even for its owner. */
export function denyWithoutAudience(protectedResource: ProtectedResource, record: TokenRecord): boolean {
  return hasAudience(record) && audienceOrOwner(protectedResource, record)
}

/** The policy `everyone`: like {@link audienceOrOwner}, but a token without audience is for every protected resource. */
export function allowWithoutAudience(protectedResource: ProtectedResource, record: TokenRecord): boolean {
  return !hasAudience(record) || audienceOrOwner(protectedResource, record)
}

/** Whether a record has an audience, even an empty one. A database may return `null` for an absent one. */
function hasAudience({ aud }: TokenRecord): boolean {
  return aud !== undefined && aud !== null
}

/**
 * Decides what may be disclosed about a token. A refresh token is disclosed only to its own client, and only when the request
 * has the hint `refresh_token`, whatever the policy says.
 */
export function authorizeDisclosure(
  protectedResource: ProtectedResource,
  found: FoundToken,
  step: AuthorizationStep,
): MaybePromise<Disclosure> {
  const { record } = found
  if (record === undefined) return nothing(found.reason)
  if (record.kind !== 'access_token') {
    if (record.kind !== 'refresh_token') return nothing('other-kind')
    if (!step.refreshTokens || !isOwner(protectedResource, record) || !isHinted(found)) return nothing('refresh-token')
  }
  const deciding = askDependency(
    () => step.allow(protectedResource, record, toDisclosureRequest(found.lookup)),
    step.timeoutMs,
    toPolicyError,
  )
  return isPromise(deciding)
    ? deciding.then((decision) => disclose(record, decision, step))
    : disclose(record, deciding, step)
}

function disclose(record: TokenRecord, decision: unknown, { warn }: AuthorizationStep): Disclosure {
  if (decision === true) return { record, view: undefined, reason: undefined }
  if (decision === false || decision === undefined || decision === null) return nothing('denied')
  try {
    return { record, view: readView(decision, 'the view that authorization.allow gave'), reason: undefined }
  } catch (fault) {
    warn('invalid-answer', `${(fault as Error).message}; the token is inactive for this protected resource`)
    return nothing('denied')
  }
}

function toPolicyError(cause: unknown): AuthorizationPolicyError {
  return new AuthorizationPolicyError('the disclosure policy failed', { cause })
}

function isOwner(protectedResource: ProtectedResource, record: TokenRecord): boolean {
  return typeof record.client_id === 'string' && record.client_id === protectedResource.id
}

/**
 * Whether the caller says that it asks about a refresh token. Without this check, a client that is also a protected resource
 * would learn that its own refresh token is active when somebody presents it as an access token.
 */
function isHinted({ lookup }: FoundToken): boolean {
  return lookup.tokenTypeHint === 'refresh_token'
}

function nothing(reason: InactiveReason | undefined): Disclosure {
  return { record: undefined, view: undefined, reason }
}
