/** Remembers verified credentials, so that they are not parsed or hashed again. */
import type { BasicCredentials } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { sha256 } from '#crypto'
import type { SecretEncoding } from './client-secret-basic.ts'
import { equalDigests } from './equal-digests.ts'

/** Credentials that were good when the caller presented them. */
export interface VerifiedSecret {
  readonly clientId: string
  /**
   * The registered secret or hash that they matched. They stay good only while it is registered, so rotation and removal take
   * effect at once.
   */
  readonly registered: string
}

/** A spelling of credentials that were good. */
export interface KnownSpelling extends VerifiedSecret {
  /** The encoding in which this spelling means these credentials. They stay good only while it is accepted from their caller. */
  readonly encoding: SecretEncoding
}

/** A method whose credentials are remembered. */
export type SecretMethod = 'client_secret_basic' | 'client_secret_post'

/**
 * A memory of good credentials. Wrong credentials are never remembered. Each pair of identifier and secret has one place,
 * whatever its spelling, so that a caller cannot take the places of others.
 */
export interface VerifiedSecrets {
  /** The key of a presentation. It reveals nothing without the secret of this process. */
  keyOf(method: SecretMethod, presentation: string): MaybePromise<string>
  /** The key of an identifier and a secret, whatever their spelling. */
  keyOfCredentials(credentials: BasicCredentials): MaybePromise<string>
  /** The credentials that a presentation means. */
  recall(key: string): KnownSpelling | undefined
  /** Credentials, whatever their spelling. */
  recallCredentials(credentialsKey: string): VerifiedSecret | undefined
  /** Remembers good credentials, and this spelling of them. */
  remember(key: string, credentialsKey: string, spelling: KnownSpelling): void
  /** Forgets the credentials under a key of either kind, with all their spellings. */
  forget(key: string): void
}

/** A different character for each kind, so that keys of different kinds never collide. */
const MARKS = { client_secret_basic: 'b', client_secret_post: 'p', credentials: 'c' } as const

/** The largest number of remembered pairs of identifier and secret. The oldest is forgotten first. */
const MAX_CREDENTIALS = 10_000
/** The number of remembered spellings of one pair: Basic and post, encoded and raw. */
const MAX_SPELLINGS = 4

/** A presentation with its key. */
interface Keyed {
  readonly mark: string
  readonly presentation: string
  readonly key: string
}

interface Place extends VerifiedSecret {
  readonly credentialsKey: string
  readonly spellings: string[]
}

interface Spelling extends KnownSpelling {
  readonly place: Place
}

/**
 * Creates a memory for one handler.
 *
 * Most handlers have few callers. The memory therefore keeps the good presentation that was used last as it arrived, and
 * compares it first, in constant time. A comparison takes a sixth of the time of a digest.
 *
 * @param keepsLast - `true` only if secrets are registered in plain text. If they are registered as hashes, the memory must not
 *   keep a secret.
 */
export function createVerifiedSecrets(keepsLast: boolean): VerifiedSecrets {
  /** The places in the order in which they were remembered. */
  const places = new Map<string, Place>()
  const bySpelling = new Map<string, Spelling>()
  // Created on first use, because some runtimes have no randomness while modules load.
  let processKey: string | undefined
  /** The good presentation that was used last. */
  let last: Keyed | undefined
  /** The presentation whose key was made last. It is not known yet whether it is good. */
  let asked: Keyed | undefined

  function keyOf(mark: string, presentation: string): MaybePromise<string> {
    if (last?.mark === mark && equalDigests(presentation, last.presentation)) return last.key
    return andThen(digest(mark, presentation), (key) => {
      if (keepsLast) asked = { mark, presentation, key }
      return key
    })
  }

  function digest(mark: string, text: string): MaybePromise<string> {
    processKey ??= randomText()
    return sha256(`${processKey}${mark}${text}`)
  }

  function remove({ credentialsKey, spellings }: Place): void {
    last = undefined
    places.delete(credentialsKey)
    for (const spelling of spellings) bySpelling.delete(spelling)
  }

  return {
    keyOf: (method, presentation) => keyOf(MARKS[method], presentation),
    // The length comes first, so that no two pairs make the same text.
    keyOfCredentials: ({ clientId, clientSecret }) =>
      digest(MARKS.credentials, `${clientId.length} ${clientId} ${clientSecret}`),
    recall(key) {
      const spelling = bySpelling.get(key)
      if (asked?.key === key) {
        if (spelling !== undefined) last = asked
        asked = undefined
      }
      return spelling
    },
    recallCredentials: (credentialsKey) => places.get(credentialsKey),
    remember(key, credentialsKey, { clientId, registered, encoding }) {
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
      bySpelling.set(key, { clientId, registered, encoding, place })
      if (place.spellings.length > MAX_SPELLINGS) bySpelling.delete(place.spellings.shift() as string)
    },
    forget(key) {
      const place = bySpelling.get(key)?.place ?? places.get(key)
      if (place !== undefined) remove(place)
    },
  }
}

/** A secret that is hard to guess and short, because digesting takes time for every 64 octets. */
function randomText(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
}
