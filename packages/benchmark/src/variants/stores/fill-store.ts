/** The tokens that the store variants look up, with every identifier by which a token can be revoked. */
import { digestToken, type TokenRecord, type WritableTokenStore } from '@token-introspection/server'
import { answerMembers, createTokens, EXTENSION_CLAIMS } from '../../fixture.ts'

/** The record of a token. Every token has a grant and a session of its own. */
export function recordOf(index: number): TokenRecord {
  const revocable = { grantId: `grant-${index}`, sessionId: `session-${index}` }
  return { kind: 'access_token', ...answerMembers(), ...revocable, claims: EXTENSION_CLAIMS }
}

/** Saves the tokens of the fixture, and some revocations that affect none of them. Returns the digests. */
export async function fillStore(store: WritableTokenStore): Promise<readonly string[]> {
  const tokens = createTokens()
  for (let from = 0; from < tokens.length; from += 100) {
    const some = tokens.slice(from, from + 100)
    await Promise.all(some.map((token, index) => store.save(token, recordOf(from + index))))
  }
  for (let index = 0; index < 100; index++) await store.revokeSubject(`other-${index}`)
  return await Promise.all(tokens.map(async (token) => await digestToken(token)))
}
