/** Names a token in events, without revealing anything by which a token could be found in a store or elsewhere. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { sha256 } from '#crypto'

/** Enough characters to distinguish tokens. */
const LENGTH = 16

/** Created on first use, because some runtimes have no randomness while modules load. */
let processSecret: string | undefined

/**
 * Sixteen characters of a digest with a secret of this process. Equal fingerprints mean the same token in all handlers of the
 * process. The digest of a token is the key in stores, so events do not contain it.
 */
export function fingerprintToken(digest: string): MaybePromise<string> {
  processSecret ??= btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
  return andThen(sha256(processSecret + digest), (fingerprint) => fingerprint.slice(0, LENGTH))
}
