/** Key sets by value or from a `jwks_uri`, remembered, bounded, and asked for once however many want them. */
import { elapsedMs, parseJsonObject, parseMediaType } from '@token-introspection/core'
import type { JSONWebKeySet } from 'jose'
import { LRUCache } from 'lru-cache'
import type { JwksLoader, KeyHolder } from './jwks-loader.ts'

/** Fetches a key set; `fetch` is one. For an authority of your own, or a proxy. */
export type FetchJwks = (uri: string, init: FetchJwksInit) => Promise<Response>

/** What a {@link FetchJwks} is given; a redirect is not followed, and then refused for its status. */
export interface FetchJwksInit {
  readonly headers: Readonly<Record<string, string>>
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

/** Options of {@link createJwksLoader}. */
export interface JwksLoaderOptions {
  readonly fetch?: FetchJwks | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds a fetch may take, its body included. */
  readonly timeoutMs: number
}

/** How long a fetched set counts as fresh. */
const FRESH_MS = 600_000
/** How long a set is used after that while it cannot be fetched again. */
const STALE_MS = 86_400_000
/** The time between two fetches of one URI, whatever is wrong and however often somebody asks. */
const COOLDOWN_MS = 30_000
const MAX_URIS = 1000
const MAX_BYTES = 262_144
const MAX_KEYS = 100

interface Entry {
  jwks?: JSONWebKeySet
  fetchedAtMs: number
  attemptedAtMs: number
  /** What the last attempt failed with. */
  failure?: unknown
  fetching?: Promise<JSONWebKeySet>
}

/**
 * Creates a loader. A set is fresh for ten minutes and good for a day while its URI fails; one URI is fetched at most
 * every 30 seconds, also when a signature names a key that is not there, so that nobody makes us hammer somebody.
 */
export function createJwksLoader({ fetch: fetchJwks = globalFetch, now, timeoutMs }: JwksLoaderOptions): JwksLoader {
  const entries = new LRUCache<string, Entry>({ max: MAX_URIS })

  function load({ jwks, jwksUri }: KeyHolder, refresh = false): JSONWebKeySet | Promise<JSONWebKeySet> {
    if (jwks !== undefined) return jwks
    if (jwksUri === undefined) throw new Error('no keys are registered')
    let entry = entries.get(jwksUri)
    if (entry === undefined) {
      entry = { fetchedAtMs: Number.NEGATIVE_INFINITY, attemptedAtMs: Number.NEGATIVE_INFINITY }
      entries.set(jwksUri, entry)
    }
    const isFresh = entry.jwks !== undefined && elapsedMs(entry.fetchedAtMs, now()) < FRESH_MS
    if (isFresh && !refresh) return entry.jwks as JSONWebKeySet
    if (entry.fetching !== undefined) return entry.fetching
    if (elapsedMs(entry.attemptedAtMs, now()) < COOLDOWN_MS) return remembered(entry)
    entry.attemptedAtMs = now()
    entry.fetching = refetch(jwksUri, entry)
    return entry.fetching
  }

  async function refetch(uri: string, entry: Entry): Promise<JSONWebKeySet> {
    try {
      entry.jwks = await fetchWithin(uri)
      entry.fetchedAtMs = now()
      delete entry.failure
      return entry.jwks
    } catch (failure) {
      entry.failure = failure
      return remembered(entry)
    } finally {
      delete entry.fetching
    }
  }

  function remembered({ jwks, fetchedAtMs, failure }: Entry): JSONWebKeySet {
    if (jwks !== undefined && elapsedMs(fetchedAtMs, now()) < FRESH_MS + STALE_MS) return jwks
    throw new Error('the key set could not be fetched', { cause: failure })
  }

  async function fetchWithin(uri: string): Promise<JSONWebKeySet> {
    if (!URL.canParse(uri) || new URL(uri).protocol !== 'https:') throw new Error('a jwks_uri must be an https URL')
    const signal = AbortSignal.timeout(timeoutMs)
    const headers = { accept: 'application/jwk-set+json, application/json' }
    // Raced besides: a fetch of yours may not know what to do with a signal.
    return await Promise.race([
      fetchJwks(uri, { headers, redirect: 'manual', signal }).then(readJwks),
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      ),
    ])
  }

  return { load }
}

/** Whatever `fetch` is by then. */
function globalFetch(uri: string, init: FetchJwksInit): Promise<Response> {
  return fetch(uri, init)
}

async function readJwks(response: Response): Promise<JSONWebKeySet> {
  const mediaType = parseMediaType(response.headers.get('content-type')) ?? ''
  const isJson = mediaType === 'application/json' || mediaType === 'application/jwk-set+json'
  if (response.status !== 200 || response.redirected || !isJson) {
    response.body?.cancel().catch(() => undefined)
    throw new Error(`the key set was answered with status ${response.status} and ${mediaType || 'no media type'}`)
  }
  const { keys } = parseJsonObject(await readText(response))
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw new Error(`a key set has at most ${MAX_KEYS} keys`)
  // Keys of types nobody knows are to be ignored (RFC 7517 §5), and what is no object is none.
  return { keys: (keys as unknown[]).filter(isKey) }
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let length = 0
  for (;;) {
    const chunk = await reader?.read()
    if (chunk === undefined || chunk.done) return text + decoder.decode()
    length += chunk.value.byteLength
    if (length > MAX_BYTES) {
      reader?.cancel().catch(() => undefined)
      throw new Error(`the key set has more than ${MAX_BYTES} octets`)
    }
    text += decoder.decode(chunk.value, { stream: true })
  }
}

function isKey(value: unknown): value is JSONWebKeySet['keys'][number] {
  return typeof (value as { kty?: unknown } | null)?.kty === 'string'
}
