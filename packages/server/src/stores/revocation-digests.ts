/** The digests of a revocation. A JWT has more than one text, so the digest of the token alone is not enough. */
import { signedContent } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { TokenRecord } from './token-record.ts'
import { digestToken } from './token-store.ts'

/**
 * The digests under which a store keeps the revocation of a token: the digest of the token, and for a JWT also that of its signed
 * part (header and payload), and that of `iss` and `jti` if the record has both. For a store of your own: save the tombstone
 * under each of them in `revoke`. In `save`, which needs no record here, write nothing when there is a tombstone under one of
 * them.
 *
 * Anybody can make another valid signature from the issuer's: `(r, n − s)` from an ECDSA signature `(r, s)`. The digest of the
 * text alone would not recognise such a JWT.
 *
 * @returns the digest of the token first. {@link toTombstone} has an example.
 */
export function revocationDigests(token: string, record?: TokenRecord): MaybePromise<readonly string[]> {
  const signed = signedContent(token)
  // An opaque token has only one text.
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
 * The digests under which a store looks for tombstones when {@link WritableTokenStore.isRevoked} asks about a token: the given
 * digest, and that of the signed part if the record has it, as records of {@link createJwtResolver} do. Otherwise the digest of
 * `iss` and `jti`. For stores of your own.
 *
 * @param digest - the digest of the token.
 * @returns the digest of the token first.
 */
export function tombstoneDigests(digest: string, record: TokenRecord): MaybePromise<readonly string[]> {
  // The digest of the signed part is exact, even if an issuer gives two tokens the same `jti`.
  if (typeof record.signedDigest === 'string') return [digest, record.signedDigest]
  return andThen(digestIdentifier(record), (ofIdentifier) =>
    ofIdentifier === undefined ? [digest] : [digest, ofIdentifier],
  )
}

/** The digest of `iss` and `jti`. One `jti` of an issuer identifies one token, whatever its text (RFC 7519 §4.1.7). */
function digestIdentifier(record: TokenRecord | undefined): MaybePromise<string | undefined> {
  const { iss, jti } = record ?? {}
  if (typeof iss !== 'string' || typeof jti !== 'string' || jti === '') return undefined
  // No token begins with a line break, so no token has this digest.
  return digestToken(`\n${JSON.stringify([iss, jti])}`)
}
