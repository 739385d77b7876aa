/** The keys of events: what a token shares with the events that can end it (docs/revocation-feed.md §4). */
import { hmacSha256 } from '#hmac'
import { andThen, type MaybePromise } from '../promises/maybe-promise.ts'
import type { RevocationKind } from './revocation-event.ts'

/** Characters of a key: 96 bits. A collision costs one question to the authorization server, and never a wrong decision. */
const KEY_LENGTH = 16

/** The key of a token, grant, session, user or client. The kind `check` is for {@link revocationKeyCheck}. */
export type RevocationKeys = (kind: RevocationKind | 'check', identifier: string) => MaybePromise<string>

/**
 * Creates the function that makes keys: the first 96 bits of the HMAC-SHA-256 of the kind, a line feed and the
 * identifier. Nobody who has not the secret can tell which user a key stands for, even by trying names.
 *
 * The identifier of a token is the SHA-256 of its text in base64url. A JWT is also known by the SHA-256 of its signed
 * part, and by that of a line feed and `["iss","jti"]` as JSON. The others are the text of the identifier itself.
 *
 * @param secret - the secret of the log.
 */
export function createRevocationKeys(secret: string): RevocationKeys {
  const hmac = hmacSha256(secret)
  return (kind, identifier) => andThen(hmac(`${kind}\n${identifier}`), (text) => text.slice(0, KEY_LENGTH))
}

/**
 * Makes keys with a secret that is found when the first key is made. A key rejects when the secret is not found, and the next one asks
 * for it again.
 *
 * @param findSecret - finds the secret of the log.
 */
export function createFoundRevocationKeys(findSecret: () => MaybePromise<string>): RevocationKeys {
  let keyOf: RevocationKeys | undefined
  return (kind, identifier) =>
    keyOf?.(kind, identifier) ??
    andThen(findSecret(), (secret) => (keyOf ??= createRevocationKeys(secret))(kind, identifier))
}

/**
 * Tells whether two have the same secret, without telling it: the key of the kind `check` and an empty identifier. A feed
 * sends it as `key_check`.
 */
export function revocationKeyCheck(keyOf: RevocationKeys): MaybePromise<string> {
  return keyOf('check', '')
}
