/** Tokens for the tests of stores over a real database. */
import { type ConsumingTokenStore, digestToken, type TokenRecord, type WritableTokenStore } from '../../src/index.ts'

/** When the tokens are issued, in seconds: later than the clock of the database, which would otherwise date revocations. */
export const START = 4_000_000_000

/** An access token that expires this many seconds after {@link START}. */
export function lasting(seconds: number, members: Partial<TokenRecord> = {}): TokenRecord {
  return { kind: 'access_token', iat: START, exp: START + seconds, ...members }
}

/** Looks up a token by its text. */
export async function findByToken(store: WritableTokenStore, token: string): Promise<TokenRecord | null> {
  return await store.find(await digestToken(token))
}

/** Sends each call to the next of several stores over one database, so that calls at once come from different connections. */
export function consumeInTurn(
  ...stores: readonly [ConsumingTokenStore, ConsumingTokenStore]
): ConsumingTokenStore['consume'] {
  let calls = 0
  return (digest, at, repetitions) => stores[calls++ % 2 === 0 ? 0 : 1].consume(digest, at, repetitions)
}
