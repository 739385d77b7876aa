/** The records that the cases of the token store contract save, and the checks of what a store returns. */
import { digestToken, type TokenRecord, type WritableTokenStore } from '@token-introspection/server'
import { expectEqual } from './contract-case.ts'

/** 2100-01-01 in seconds: no store may remove an expired token of these cases while they run. */
export const EXP = 4_102_444_800

export async function findByToken(store: WritableTokenStore, token: string): Promise<TokenRecord | null> {
  return await store.find(await digestToken(token))
}

export async function saveEach(store: WritableTokenStore, tokens: readonly string[]): Promise<void> {
  await Promise.all(tokens.map((token) => store.save(token, recordOf(token))))
}

export async function expectEach(store: WritableTokenStore, tokens: readonly string[]): Promise<void> {
  const found = await Promise.all(tokens.map((token) => findByToken(store, token)))
  tokens.forEach((token, index) => expectRecord(found[index], recordOf(token)))
}

/** A record that names its token. */
function recordOf(token: string): TokenRecord {
  return { kind: 'access_token', sub: encodeURIComponent(token.slice(-20)), exp: EXP }
}

/** A store may return absent members as `null`, as databases do, and `revoked` as `false`. */
export function expectRecord(found: TokenRecord | null | undefined, expected: TokenRecord): void {
  const members = Object.entries(requireFound(found))
  const present = members.filter(([name, value]) => value !== null && !(name === 'revoked' && value === false))
  expectEqual(Object.fromEntries(present), expected, 'the record that was saved')
}

export function expectRevoked(record: TokenRecord | null): void {
  if (record !== null) expectEqual(record.revoked, true, 'a revoked token that is still kept')
}

export function requireFound(record: TokenRecord | null | undefined): TokenRecord {
  if (record === null || record === undefined) throw new Error('a token that was saved was not found')
  return record
}
