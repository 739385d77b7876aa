/** Revocations of many tokens at once: one moment per grant, session, user or client. Tokens issued up to it are revoked. */
import type { TokenRecord } from './token-record.ts'

/** The kinds of identifiers by which many tokens can be revoked. */
export type CutoffKind = 'grant' | 'session' | 'subject' | 'client'

/** Every kind, in the order of {@link identifiersOf}. */
export const CUTOFF_KINDS: readonly CutoffKind[] = ['grant', 'session', 'subject', 'client']

/** The column of each kind, in stores that have columns. */
export const CUTOFF_COLUMNS = { grant: 'grant_id', session: 'session_id', subject: 'sub', client: 'client_id' } as const

/** The `iat` that stores give a token without `iat`: it is before every cutoff. */
export const ISSUED_BEFORE_ALL = -1

/** The moment of a cutoff that revokes every token of a grant or session, also later ones: later than every `iat`. */
export const FOR_GOOD = 1e11

/**
 * Seconds for which a cutoff is kept, for tokens that are issued or saved late, and because the clocks of processes may
 * differ. `unstoredLifetimeSeconds` is added.
 */
export const CUTOFF_KEPT_SECONDS = 3600

/** The grant, session, user and client of a record; `null` for one that it does not have. */
export function identifiersOf({ grantId, sessionId, sub, client_id }: TokenRecord): readonly (string | null)[] {
  return [grantId ?? null, sessionId ?? null, sub ?? null, client_id ?? null]
}
