/** Revokes what the command `revoke` names. */
import { digestToken } from '@token-introspection/server'
import type { ServedStore } from '../store/open-store.ts'
import type { RevokeAnswer, RevokeCall, ServedToken } from './admin-messages.ts'
import { listTokens } from './list-tokens.ts'

/** Revokes tokens, and counts those that were live until then. */
export async function revokeTokens(
  { ids, token, sub, client_id, grantId }: RevokeCall,
  store: ServedStore,
  clientIds: readonly string[],
): Promise<RevokeAnswer> {
  const { tokens } = await listTokens(store, clientIds)
  const count = (isMeant: (each: ServedToken) => boolean): RevokeAnswer => ({
    revoked: tokens.filter(isMeant).length,
    unclear: [],
  })
  if (ids !== undefined) return await revokeIds(ids, tokens, store)
  if (token !== undefined) {
    const id = await digestToken(token)
    await store.revoke(token)
    return count((each) => each.id === id)
  }
  if (sub !== undefined) {
    await store.revokeSubject(sub)
    return count((each) => each.sub === sub)
  }
  if (client_id !== undefined) {
    await store.revokeClient(client_id)
    return count((each) => each.client_id === client_id)
  }
  if (grantId !== undefined) {
    await store.revokeGrant(grantId)
    return count((each) => each.grantId === grantId)
  }
  throw new TypeError('revoke: name one of ids, token, sub, client_id and grantId')
}

async function revokeIds(
  beginnings: readonly string[],
  tokens: readonly ServedToken[],
  store: ServedStore,
): Promise<RevokeAnswer> {
  const unclear: string[] = []
  let revoked = 0
  for (const beginning of beginnings) {
    const [found, ...others] = tokens.filter(({ id }) => id.startsWith(beginning))
    if (found === undefined || others.length > 0) unclear.push(beginning)
    else if ((await store.revokeListed(found.id, { client_id: found.client_id })) !== null) revoked++
  }
  return { revoked, unclear }
}
