/** A JWK Set (RFC 7517 §5), as a `jwks_uri` answers it, and the limits for fetching one. */
import { ResponseMalformedError } from '../errors.ts'
import { parseJsonObject } from '../values/json-object.ts'

/** The `accept` field of a request for a key set. */
export const KEY_SET_MEDIA_TYPES = 'application/jwk-set+json, application/json'
/** The most octets that are read of a key set. */
export const MAX_KEY_SET_BYTES = 262_144
const MAX_KEYS = 100

/** A fetched set that is younger than this is used without a new fetch. */
export const KEY_SET_FRESH_MS = 600_000
/** The shortest time between two fetches of one set, even if a JWT names a key that the set does not have. */
export const KEY_SET_COOLDOWN_MS = 30_000

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The keys in the octets of a key set. Elements without a `kty` are left out (RFC 7517 §5). No other member is checked.
 *
 * @typeParam Key - a JWK, as the JOSE library types it.
 * @throws ResponseMalformedError when the octets are not UTF-8, not one JSON object, or have no list of at most 100 keys.
 */
export function parseKeySet<Key extends object>(octets: Uint8Array): { keys: Key[] } {
  const { keys } = parseJsonObject(decode(octets))
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) {
    throw new ResponseMalformedError(`the key set has no list of at most ${MAX_KEYS} keys`)
  }
  return { keys: (keys as unknown[]).filter((key) => isKey<Key>(key)) }
}

function decode(octets: Uint8Array): string {
  try {
    return utf8.decode(octets)
  } catch {
    throw new ResponseMalformedError('the key set is not UTF-8')
  }
}

function isKey<Key extends object>(value: unknown): value is Key {
  return typeof (value as { kty?: unknown } | null)?.kty === 'string'
}
