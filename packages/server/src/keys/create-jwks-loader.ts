/** Loads key sets, by value or from a `jwks_uri`. It remembers them, limits their size, and fetches each only once at a time. */
import { elapsedMs, isSecureUrl, parseMediaType, type UrlRules } from '@token-introspection/core'
import {
  KEY_SET_COOLDOWN_MS,
  KEY_SET_FRESH_MS,
  KEY_SET_MEDIA_TYPES,
  MAX_KEY_SET_BYTES,
  parseKeySet,
} from '@token-introspection/core/key-set'
import { readBody } from '@token-introspection/core/read-body'
import type { JSONWebKeySet, JWK } from 'jose'
import { LRUCache } from 'lru-cache'
import { createBoundedTable } from '../limits/bounded-table.ts'
import type { JwksLoader, KeyHolder } from './jwks-loader.ts'

/** Fetches a key set. `fetch` has this type. Use another one for your own certificate authority, or a proxy. */
export type FetchJwks = (uri: string, init: FetchJwksInit) => Promise<Response>

/** The options for a {@link FetchJwks}. It must not follow a redirect. The status of a redirect is then refused. */
export interface FetchJwksInit {
  readonly headers: Readonly<Record<string, string>>
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

/** Options of {@link createJwksLoader}. */
export interface JwksLoaderOptions {
  readonly fetch?: FetchJwks | undefined
  /** Which URIs may use plain http. Default none. */
  readonly urlRules?: UrlRules | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The longest time for a fetch with its body, in milliseconds. */
  readonly timeoutMs: number
}

/** How long a set that is no longer fresh is used while its URI fails, in milliseconds. */
const STALE_MS = 86_400_000
/**
 * The largest number of sets, which may have 64 MiB together. The least recently used set goes first. Anybody can
 * name registered callers and so cause fetches. There are more places than most registries have callers with a `jwks_uri`.
 */
const MAX_SETS = 10_000
const MAX_BYTES_OF_SETS = 67_108_864
/** The number of URIs whose last fetch is remembered. This outlives the set, so that naming other callers causes no new fetch. */
const MAX_ATTEMPTS = 100_000

interface FetchedSet {
  readonly jwks: JSONWebKeySet
  readonly bytes: number
  readonly fetchedAtMs: number
}

/** The last fetch of a URI. */
interface Attempt {
  readonly atMs: number
  /** The error of the fetch. */
  failure?: unknown
}

/**
 * Creates a loader. A set is fresh for ten minutes, and usable for one more day while its URI fails. One URI is fetched at most
 * every 30 seconds, also when a signature names an unknown key, so that callers cannot make this server flood another one.
 */
export function createJwksLoader({
  fetch: fetchJwks = globalFetch,
  urlRules,
  now,
  timeoutMs,
}: JwksLoaderOptions): JwksLoader {
  // Made with the first set: its places take memory, and most handlers never fetch a set.
  let sets: LRUCache<string, FetchedSet> | undefined
  const fetching = new Map<string, Promise<JSONWebKeySet>>()
  // The cooldown ends when the clock is set back.
  const attempts = createBoundedTable<Attempt>(MAX_ATTEMPTS, ({ atMs }) => !isWithin(KEY_SET_COOLDOWN_MS, atMs))

  function isWithin(ms: number, sinceMs: number): boolean {
    return elapsedMs(sinceMs, now()) < ms
  }

  function load({ jwks, jwksUri }: KeyHolder, refresh = false): JSONWebKeySet | Promise<JSONWebKeySet> {
    if (jwks !== undefined) return jwks
    if (jwksUri === undefined) throw new Error('no keys are registered')
    const known = sets?.get(jwksUri)
    if (known !== undefined && !refresh && isWithin(KEY_SET_FRESH_MS, known.fetchedAtMs)) return known.jwks
    const underWay = fetching.get(jwksUri)
    if (underWay !== undefined) return underWay
    const last = attempts.get(jwksUri)
    if (last !== undefined) return remembered(jwksUri, last.failure)
    const attempt: Attempt = { atMs: now() }
    attempts.set(jwksUri, attempt)
    const refetching = refetch(jwksUri, attempt)
    fetching.set(jwksUri, refetching)
    return refetching
  }

  async function refetch(uri: string, attempt: Attempt): Promise<JSONWebKeySet> {
    try {
      const { jwks, bytes } = await fetchWithin(uri)
      sets ??= createSets()
      sets.set(uri, { jwks, bytes, fetchedAtMs: now() })
      return jwks
    } catch (failure) {
      attempt.failure = failure
      return remembered(uri, failure)
    } finally {
      fetching.delete(uri)
    }
  }

  function remembered(uri: string, failure: unknown): JSONWebKeySet {
    const known = sets?.get(uri)
    if (known !== undefined && isWithin(KEY_SET_FRESH_MS + STALE_MS, known.fetchedAtMs)) return known.jwks
    throw new Error('the key set could not be fetched', { cause: failure })
  }

  async function fetchWithin(uri: string): Promise<Pick<FetchedSet, 'jwks' | 'bytes'>> {
    if (!URL.canParse(uri) || !isSecureUrl(new URL(uri), urlRules)) throw new Error('a jwks_uri must be an https URL')
    const signal = AbortSignal.timeout(timeoutMs)
    const headers = { accept: KEY_SET_MEDIA_TYPES }
    // Promise.race enforces the deadline, because a custom fetch may ignore the signal.
    return await Promise.race([
      fetchJwks(uri, { headers, redirect: 'manual', signal }).then(readJwks),
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      ),
    ])
  }

  return { load }
}

function createSets(): LRUCache<string, FetchedSet> {
  return new LRUCache({ max: MAX_SETS, maxSize: MAX_BYTES_OF_SETS, sizeCalculation: ({ bytes }) => bytes })
}

/** Calls the `fetch` that is global at that time. */
function globalFetch(uri: string, init: FetchJwksInit): Promise<Response> {
  return fetch(uri, init)
}

async function readJwks(response: Response): Promise<Pick<FetchedSet, 'jwks' | 'bytes'>> {
  const mediaType = parseMediaType(response.headers.get('content-type')) ?? ''
  const isJson = mediaType === 'application/json' || mediaType === 'application/jwk-set+json'
  if (response.status !== 200 || response.redirected || !isJson) {
    response.body?.cancel().catch(() => undefined)
    throw new Error(`the key set was answered with status ${response.status} and ${mediaType || 'no media type'}`)
  }
  const octets = await readBody(response.body, MAX_KEY_SET_BYTES)
  if (octets === undefined) throw new Error(`the key set has more than ${MAX_KEY_SET_BYTES} octets`)
  return { jwks: parseKeySet<JWK>(octets), bytes: octets.byteLength }
}
