/** Revoking a grant, a session, a user or a client: the same in every store, but for the write. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { type CutoffKind, FOR_GOOD } from './cutoff.ts'
import type { RevocationReceipt } from './revocation-log.ts'
import type { ReceiptedTokenStore } from './token-store.ts'
import { validateRevocation } from './validate-token-record.ts'

/**
 * Writes one cutoff. Of two moments for one identifier the later one holds.
 *
 * @param at - seconds since the epoch; if it is undefined, the moment is now, by the clock of the store.
 */
type CutOff = (kind: CutoffKind, identifier: string, at: number | undefined) => MaybePromise<RevocationReceipt>

/** The methods of a store that revoke many tokens with one write. */
export type RevocationMethods = Pick<
  ReceiptedTokenStore,
  'revokeGrant' | 'revokeSession' | 'revokeSubject' | 'revokeClient'
>

/** Makes these methods from the one write that differs between stores. */
export function revocationMethods(cutOff: CutOff): RevocationMethods {
  return {
    async revokeGrant(grantId) {
      validateRevocation('grantId', grantId)
      return await cutOff('grant', grantId, FOR_GOOD)
    },
    async revokeSession(sessionId) {
      validateRevocation('sessionId', sessionId)
      return await cutOff('session', sessionId, FOR_GOOD)
    },
    async revokeSubject(sub, at) {
      validateRevocation('sub', sub, at)
      return await cutOff('subject', sub, at)
    },
    async revokeClient(clientId) {
      validateRevocation('clientId', clientId)
      return await cutOff('client', clientId, undefined)
    },
  }
}
