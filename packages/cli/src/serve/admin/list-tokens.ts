/** Lists the live tokens of every client. */
import { toAudienceList } from '@token-introspection/core'
import type { ListedToken } from '@token-introspection/server'
import type { ServedStore } from '../store/open-store.ts'
import type { ListAnswer, ServedToken } from './admin-messages.ts'

/** The tokens of an answer, at most. */
const MAX_TOKENS = 1000
/** The most of one page of the store. */
const PAGE = 100

/** The live tokens of these clients, the newest first. A token that was issued to another client is not among them. */
export async function listTokens(store: ServedStore, clientIds: readonly string[]): Promise<ListAnswer> {
  const found: ServedToken[] = []
  for (const client_id of clientIds) {
    let after: string | undefined
    do {
      const page = await store.list({ client_id, limit: PAGE, after })
      found.push(...page.tokens.map(toServedToken))
      after = page.next
    } while (after !== undefined && found.length <= MAX_TOKENS)
  }
  const tokens = found.toSorted((a, b) => (b.iat ?? 0) - (a.iat ?? 0)).slice(0, MAX_TOKENS)
  return { tokens, isCut: found.length > MAX_TOKENS }
}

/** A listed token as commands and the page show it. */
export function toServedToken({ id, record }: ListedToken): ServedToken {
  const { kind, client_id, sub, aud, scope, iat, exp, grantId } = record
  return { id, kind, client_id, sub, aud: toAudienceList(aud), scope, iat, exp, grantId }
}
