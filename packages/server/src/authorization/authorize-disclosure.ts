/** Step `authorization`: may this protected resource know about this token? (RFC 7662 §2.2, §4) */
import { audienceIntersects } from '@token-introspection/core'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { AuthorizationPolicyError } from '../errors.ts'
import type { FoundToken } from '../lookup/find-token.ts'
import type { TokenRecord } from '../lookup/token-record.ts'
import { isPromise } from '../maybe-promise.ts'

/** Decides whether a protected resource may know about a token. Anything but `true` is no. */
export type DisclosurePolicy = (protectedResource: ProtectedResource, record: TokenRecord) => boolean | Promise<boolean>

/** What the step needs. */
export interface AuthorizationStep {
  readonly allow: DisclosurePolicy
}

/**
 * The default policy: the token is for one of the protected resource's audiences, or was issued to it. A token
 * without audience is for nobody else (RFC 9700 §2.3).
 */
export function audienceOrOwner(protectedResource: ProtectedResource, record: TokenRecord): boolean {
  return (
    audienceIntersects(record.aud ?? undefined, protectedResource.audiences) ||
    (record.client_id !== undefined && record.client_id === protectedResource.id)
  )
}

/** The record when it may be disclosed. Refresh tokens never are: they are not for protected resources. */
export async function authorizeDisclosure(
  protectedResource: ProtectedResource,
  found: FoundToken,
  step: AuthorizationStep,
): Promise<TokenRecord | undefined> {
  const { record } = found
  if (record === undefined || record.kind !== 'access_token') return undefined
  let allowed: unknown
  try {
    const deciding = step.allow(protectedResource, record)
    allowed = isPromise(deciding) ? await deciding : deciding
  } catch (cause) {
    throw new AuthorizationPolicyError('the disclosure policy failed', { cause })
  }
  // A policy in plain JavaScript may return anything; only `true` discloses.
  return allowed === true ? record : undefined
}
