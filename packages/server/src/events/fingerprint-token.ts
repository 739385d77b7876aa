/** What events call a token by: nothing a token could be found by, in a store or anywhere else. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { sha256 } from '#crypto'

/** Enough to tell tokens apart. */
const LENGTH = 16

/** Made when first needed: some runtimes give no randomness while modules load. */
let processSecret: string | undefined

/**
 * Sixteen characters of a digest under a secret of this process. Equal fingerprints mean the same token, whichever handler
 * of the process reported it. The digest of a token is the key of stores, so it is not reported itself.
 */
export function fingerprintToken(digest: string): MaybePromise<string> {
  processSecret ??= btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
  return andThen(sha256(processSecret + digest), (fingerprint) => fingerprint.slice(0, LENGTH))
}
