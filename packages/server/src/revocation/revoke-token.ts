/** Step `revocation`: ends a token, or everything of its grant (RFC 7009 §2.1). */
import { askDependency } from '../dependencies/ask-dependency.ts'
import { RevocationStoreError } from '../errors.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { RevocableTokenStore } from '../stores/token-store.ts'

/** What the step needs. */
export interface RevocationStep {
  readonly store: Pick<RevocableTokenStore, 'revoke' | 'revokeGrant'>
  readonly accessTokenEndsGrant: boolean
  /** Milliseconds the store may take. */
  readonly timeoutMs: number
}

/** What a revocation ended: one token, everything of its grant, or `nothing`, because there was nothing left to end. */
export type Ended = 'token' | 'grant' | 'nothing'

/**
 * Revokes the token of a record, and says what was ended; without a record there is nothing to do. A refresh token ends
 * its grant, itself included, in one write: two of which the second failed would leave the client's next attempt a token
 * that is revoked already, and the rest of the grant alive. The store is told what is known of a token that is ended alone,
 * because it need not be the one that knows it.
 */
export async function revokeToken(
  token: string,
  record: TokenRecord | undefined,
  step: RevocationStep,
): Promise<Ended> {
  if (record === undefined) return 'nothing'
  const grantId = endsGrant(record, step) ? record.grantId : undefined
  const isGrant = typeof grantId === 'string' && grantId !== ''
  await askDependency(
    () => (isGrant ? step.store.revokeGrant(grantId) : step.store.revoke(token, record)),
    step.timeoutMs,
    (cause) => new RevocationStoreError('the token store could not revoke', { cause }),
  )
  return isGrant ? 'grant' : 'token'
}

function endsGrant(record: TokenRecord, step: RevocationStep): boolean {
  return record.kind === 'refresh_token' || step.accessTokenEndsGrant
}
