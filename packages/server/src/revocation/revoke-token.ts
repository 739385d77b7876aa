/** Step `revocation`: ends a token, or everything of its grant (RFC 7009 §2.1). */
import { RevocationStoreError } from '../errors.ts'
import type { TokenRecord } from '../lookup/token-record.ts'
import type { RevocableTokenStore } from '../lookup/token-store.ts'

/** What the step needs. */
export interface RevocationStep {
  readonly store: Pick<RevocableTokenStore, 'revoke' | 'revokeGrant'>
  readonly accessTokenEndsGrant: boolean
}

/** What a revocation ended: one token, everything of its grant, or `nothing`, because there was nothing left to end. */
export type Ended = 'token' | 'grant' | 'nothing'

/**
 * Revokes the token of a record, and says what was ended; without a record there is nothing to do. A refresh token ends
 * its grant, itself included, in one write: two of which the second failed would leave the client's next attempt a token
 * that is revoked already, and the rest of the grant alive.
 */
export async function revokeToken(
  token: string,
  record: TokenRecord | undefined,
  step: RevocationStep,
): Promise<Ended> {
  if (record === undefined) return 'nothing'
  const grantId = endsGrant(record, step) ? record.grantId : undefined
  try {
    if (typeof grantId === 'string' && grantId !== '') {
      await step.store.revokeGrant(grantId)
      return 'grant'
    }
    await step.store.revoke(token)
    return 'token'
  } catch (cause) {
    throw new RevocationStoreError('the token store could not revoke', { cause })
  }
}

function endsGrant(record: TokenRecord, step: RevocationStep): boolean {
  return record.kind === 'refresh_token' || step.accessTokenEndsGrant
}
