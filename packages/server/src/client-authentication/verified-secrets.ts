/** Remembers which credentials were verified, so that neither parsing nor a slow hash is done twice. */
import { LRUCache } from 'lru-cache'
import { sha256 } from '#crypto'
import type { MaybePromise } from '../maybe-promise.ts'

/** Credentials that were good when they were presented. */
export interface VerifiedSecret {
  readonly clientId: string
  /**
   * The registered secret they fitted, plain or hashed. They are good only as long as it is registered, so rotation and
   * removal count at once.
   */
  readonly registered: string
}

/** A method whose credentials are remembered. */
export type SecretMethod = keyof typeof METHOD_MARKS

/** A memory of credentials that were good. What was not good is never remembered. */
export interface VerifiedSecrets {
  /** What identifies a presentation here; it says nothing about it to whoever has not the key of this process. */
  keyOf(method: SecretMethod, presentation: string): MaybePromise<string>
  recall(key: string): VerifiedSecret | undefined
  remember(key: string, verified: VerifiedSecret): void
  forget(key: string): void
}

/** One character each, so that no presentation passes for one of the other method. */
const METHOD_MARKS = { client_secret_basic: 'b', client_secret_post: 'p' } as const

/** Presentations that are remembered; the one remembered longest ago is forgotten first. */
const MAX_REMEMBERED = 1000

/** Creates a memory that no other handler shares. */
export function createVerifiedSecrets(): VerifiedSecrets {
  const remembered = new LRUCache<string, VerifiedSecret>({ max: MAX_REMEMBERED })
  // Made when first needed: some runtimes give no randomness while modules load.
  let processKey: string | undefined
  return {
    keyOf(method, presentation) {
      processKey ??= randomText()
      return sha256(`${processKey}${METHOD_MARKS[method]}${presentation}`)
    },
    recall: (key) => remembered.peek(key),
    remember: (key, verified) => void remembered.set(key, verified),
    forget: (key) => void remembered.delete(key),
  }
}

/** As short as it is hard to guess: what is digested with it takes its time per 64 octets. */
function randomText(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
}
