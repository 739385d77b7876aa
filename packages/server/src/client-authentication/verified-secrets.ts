/** Remembers which credentials were verified, so that neither parsing nor a slow hash is done twice. */
import type { BasicCredentials } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { sha256 } from '#crypto'

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
export type SecretMethod = 'client_secret_basic' | 'client_secret_post'

/**
 * A memory of credentials that were good. What was not good is never remembered. It has one place for each identifier and
 * secret, however they are spelt, so that a caller cannot take the places of others.
 */
export interface VerifiedSecrets {
  /** What identifies a presentation here; it says nothing about it without the key of this process. */
  keyOf(method: SecretMethod, presentation: string): MaybePromise<string>
  /** What identifies an identifier and a secret, however they were presented. */
  keyOfCredentials(credentials: BasicCredentials): MaybePromise<string>
  /** What is known by a key of either kind. */
  recall(key: string): VerifiedSecret | undefined
  /** Remembers good credentials, and this spelling of them. */
  remember(key: string, credentialsKey: string, verified: VerifiedSecret): void
  /** Forgets the credentials that a key of either kind is about, all their spellings included. */
  forget(key: string): void
}

/** One character each, so that no presentation passes for one of another kind. */
const MARKS = { client_secret_basic: 'b', client_secret_post: 'p', credentials: 'c' } as const

/** Pairs of identifier and secret that are remembered; the one remembered longest ago is forgotten first. */
const MAX_CREDENTIALS = 10_000
/** Spellings of one pair that are known again without being read: Basic and post, encoded and raw. */
const MAX_SPELLINGS = 4

interface Place extends VerifiedSecret {
  readonly credentialsKey: string
  readonly spellings: string[]
}

/** Creates a memory that no other handler shares. */
export function createVerifiedSecrets(): VerifiedSecrets {
  /** In the order in which they were remembered. */
  const places = new Map<string, Place>()
  const bySpelling = new Map<string, Place>()
  // Made when first needed: some runtimes give no randomness while modules load.
  let processKey: string | undefined

  function digest(mark: string, text: string): MaybePromise<string> {
    processKey ??= randomText()
    return sha256(`${processKey}${mark}${text}`)
  }

  function remove({ credentialsKey, spellings }: Place): void {
    places.delete(credentialsKey)
    for (const spelling of spellings) bySpelling.delete(spelling)
  }

  return {
    keyOf: (method, presentation) => digest(MARKS[method], presentation),
    // With its length, so that no two pairs look alike.
    keyOfCredentials: ({ clientId, clientSecret }) =>
      digest(MARKS.credentials, `${clientId.length} ${clientId} ${clientSecret}`),
    recall: (key) => bySpelling.get(key) ?? places.get(key),
    remember(key, credentialsKey, { clientId, registered }) {
      let place = places.get(credentialsKey)
      if (place?.registered !== registered) {
        if (place !== undefined) remove(place)
        const [oldest] = places.size < MAX_CREDENTIALS ? [] : places.values()
        if (oldest !== undefined) remove(oldest)
        place = { clientId, registered, credentialsKey, spellings: [] }
        places.set(credentialsKey, place)
      }
      if (place.spellings.includes(key)) return
      place.spellings.push(key)
      bySpelling.set(key, place)
      if (place.spellings.length > MAX_SPELLINGS) bySpelling.delete(place.spellings.shift() as string)
    },
    forget(key) {
      const place = bySpelling.get(key) ?? places.get(key)
      if (place !== undefined) remove(place)
    },
  }
}

/** As short as it is hard to guess: what is digested with it takes its time per 64 octets. */
function randomText(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
}
