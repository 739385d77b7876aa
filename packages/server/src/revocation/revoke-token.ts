/** Step `revocation`: ends a token, or every token of its grant (RFC 7009 §2.1). */
import { askDependency } from '../dependencies/ask-dependency.ts'
import { RevocationStoreError } from '../errors.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { RevocableTokenStore } from '../stores/token-store.ts'

/** The resolved options of the step. */
export interface RevocationStep {
  readonly store: Pick<RevocableTokenStore, 'revoke' | 'revokeGrant'>
  readonly accessTokenEndsGrant: boolean
  /** The longest time for the store, in milliseconds. */
  readonly timeoutMs: number
}

/** What a revocation ended: one token, every token of a grant, or `nothing`, because nothing was left to end. */
export type Ended = 'token' | 'grant' | 'nothing'

/**
 * Revokes the token of a record and returns what ended. Without a record it does nothing. For a refresh token it ends the grant,
 * which includes the token itself, in one write. With two writes, a failure of the second would leave the rest of the grant
 * alive, and a retry would find the refresh token already revoked. For a single token the store gets the record, because
 * another system may hold the token.
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
