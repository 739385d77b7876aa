/** Peppers: secrets from which a database's digests of tokens are made, so that the database alone does not tell which tokens it has. */
import { decodeBase64url } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { base64url, hmacSha256 } from '#crypto'
import type { TokenRecord } from './token-record.ts'

/** One way to keep tokens in a database: under their digests, or under keyed digests. */
export interface Pepper {
  /** The digest under which the database keeps a token. */
  keyed(digest: string): MaybePromise<string>
  /**
   * Adds the digest of the token to the JSON of its record, readable only with the pepper. A list needs it: nobody can compute the digest
   * from the keyed one.
   */
  seal(json: string, digest: string): MaybePromise<string>
  /**
   * The digest of a token that the database keeps.
   *
   * @param keyed - the digest under which the database keeps it.
   * @param json - the record as the database keeps it.
   * @returns `undefined` if the token was not saved with this pepper.
   */
  open(keyed: string, json: string): MaybePromise<string | undefined>
}

/** How the JSON of a record begins that has the digest of its token. No record of an application has this member. */
const SEAL = '{"sealedDigest":"'

/** Characters of a digest. */
const DIGEST_LENGTH = 43

/** The record of a token, from the JSON that the database keeps. */
export function parseRecord<Claims extends object>(json: string): TokenRecord<Claims> {
  const record = json.startsWith(SEAL) ? `{${json.slice(SEAL.length + DIGEST_LENGTH + '",'.length)}` : json
  return JSON.parse(record) as TokenRecord<Claims>
}

/** Tokens under their digests. */
export const NO_PEPPER: Pepper = {
  keyed: (digest) => digest,
  seal: (json) => json,
  open: (keyed, json) => (json.startsWith(SEAL) ? undefined : keyed),
}

/**
 * Creates a pepper from a secret. A keyed digest is the HMAC-SHA-256 of the digest. Another HMAC, of the keyed digest, hides the digest in
 * the record: it differs for each token, and is used for no other text.
 */
export function createPepper(secret: string): Pepper {
  const hmac = hmacSha256(new TextEncoder().encode(secret))
  const keyed = (digest: string) => andThen(hmac(`token\n${digest}`), base64url)
  const mask = (digest: string, own: string) => andThen(hmac(`seal\n${own}`), (octets) => exclusiveOr(digest, octets))
  return {
    keyed,
    seal: (json, digest) =>
      andThen(keyed(digest), (own) =>
        andThen(mask(digest, own), (sealed) => (sealed === undefined ? json : `${SEAL}${sealed}",${json.slice(1)}`)),
      ),
    open(own, json) {
      if (!json.startsWith(SEAL)) return undefined
      const sealed = json.slice(SEAL.length, SEAL.length + DIGEST_LENGTH)
      return andThen(mask(sealed, own), (digest) =>
        digest === undefined ? undefined : andThen(keyed(digest), (same) => (same === own ? digest : undefined)),
      )
    },
  }
}

/** The octets of a digest, each combined with one of the others. `undefined` for a text that is no digest. */
function exclusiveOr(digest: string, octets: Uint8Array): string | undefined {
  const given = decodeBase64url(digest)
  if (given?.length !== octets.length) return undefined
  return base64url(given.map((octet, index) => octet ^ (octets[index] as number)))
}
