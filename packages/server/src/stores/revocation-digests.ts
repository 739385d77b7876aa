/** What a revocation is kept under besides the digest of the token's text: a JWT has more than one text. */
import { signedContent } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { TokenRecord } from './token-record.ts'
import { digestToken } from './token-store.ts'

/**
 * The digests a store keeps a revocation of a token under: that of the token; and of a JWT also those of what is signed
 * (header and payload), and of `iss` and `jti` where a record is given that has both. For stores of your own: save the
 * tombstone under each of them in `revoke`. In `save`, which needs no record here, write nothing when there is a tombstone under
 * one of them.
 *
 * Anybody can write another signature that is as good as the one the issuer made: `(r, n − s)` for an ECDSA signature
 * `(r, s)`. The digest of the text alone would not know such a JWT again.
 *
 * @returns the digest of the token first. {@link toTombstone} has an example.
 */
export function revocationDigests(token: string, record?: TokenRecord): MaybePromise<readonly string[]> {
  const signed = signedContent(token)
  // An opaque token has one text.
  if (signed === token) return andThen(digestToken(token), (digest) => [digest])
  return andThen(digestToken(token), (digest) =>
    andThen(digestToken(signed), (ofSigned) =>
      andThen(digestIdentifier(record), (ofIdentifier) =>
        ofIdentifier === undefined ? [digest, ofSigned] : [digest, ofSigned, ofIdentifier],
      ),
    ),
  )
}

/**
 * The digests a store looks for tombstones under when {@link WritableTokenStore.isRevoked} asks about a token: the one it
 * is given; that of what is signed where the record says it, as those of {@link createJwtResolver} do; otherwise that of `iss`
 * and `jti`. For stores of your own.
 *
 * @param digest - the digest of the token.
 * @returns the digest of the token first.
 */
export function tombstoneDigests(digest: string, record: TokenRecord): MaybePromise<readonly string[]> {
  // Exact, and so not at the mercy of an issuer that gives two tokens one `jti`.
  if (typeof record.signedDigest === 'string') return [digest, record.signedDigest]
  return andThen(digestIdentifier(record), (ofIdentifier) =>
    ofIdentifier === undefined ? [digest] : [digest, ofIdentifier],
  )
}

/** Whatever the issuer wrote, one `jti` of its is one token (RFC 7519 §4.1.7). */
function digestIdentifier(record: TokenRecord | undefined): MaybePromise<string | undefined> {
  const { iss, jti } = record ?? {}
  if (typeof iss !== 'string' || typeof jti !== 'string' || jti === '') return undefined
  // No token begins with a line break, so no token has this digest.
  return digestToken(`\n${JSON.stringify([iss, jti])}`)
}
