/** Keys from the issuer's `jwks_uri`, fetched with the client's own transport (RFC 8414 §2, RFC 7517 §5). */
import { SharedWork } from '../transport/shared-work.ts'
import {
  elapsedMs,
  type IntrospectionError,
  isSecureUrl,
  ResponseMalformedError,
  sayCause,
  type UrlRules,
  withoutQuery,
} from '@token-introspection/core'
import {
  KEY_SET_COOLDOWN_MS,
  KEY_SET_FRESH_MS,
  KEY_SET_MEDIA_TYPES,
  MAX_KEY_SET_BYTES,
  parseKeySet,
} from '@token-introspection/core/key-set'
import { httpRemedy, OptionGroup } from '@token-introspection/core/options'
import type { JSONWebKeySet, JWK } from 'jose'
import { ResponseUntrustedError } from '../errors.ts'
import type { Deadline, Deadlines } from '../transport/deadline.ts'
import type { Send, TransportReply } from '../transport/transport.ts'
import type { KeySource } from './key-source.ts'

/** The group that messages name. */
const TRANSPORT = new OptionGroup('transport', undefined, [])

/** The settings for fetching keys. */
export interface RemoteKeySettings {
  /** The URL of the keys. */
  readonly findUri: () => Promise<string>
  readonly urlRules: UrlRules
  readonly send: Send
  readonly deadlines: Deadlines
  /** The error of the step, for when the keys are unavailable. */
  readonly Unavailable: new (
    message: string,
    options?: ErrorOptions,
  ) => IntrospectionError
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

/**
 * A key set younger than this is used once more while the next one is fetched. An older one may hold a key that was
 * withdrawn.
 */
const RENEWABLE_MS = 3_600_000
/** A key set younger than this is used while the next one cannot be fetched. */
const LAST_GOOD_MS = 86_400_000
/** The shortest time after a fetch that failed. */
const FAILURE_COOLDOWN_MS = 2000

/** Keeps the keys. It fetches them once for all waiting calls, and not more often than the cooldown allows. */
export class RemoteKeySource implements KeySource {
  readonly #settings: RemoteKeySettings
  #keySet: JSONWebKeySet | undefined
  #fetchedAtMs = Number.NEGATIVE_INFINITY
  #attemptedAtMs = Number.NEGATIVE_INFINITY
  #failure: unknown
  readonly #work: SharedWork<JSONWebKeySet>

  constructor(settings: RemoteKeySettings) {
    this.#settings = settings
    // A fetch may take twice as long as a call waits.
    this.#work = new SharedWork(settings.deadlines.durationMs / 2)
  }

  async current(deadline: Deadline): Promise<JSONWebKeySet> {
    const known = this.#keySet
    const ageMs = elapsedMs(this.#fetchedAtMs, this.#settings.nowMs())
    if (known !== undefined && ageMs < KEY_SET_FRESH_MS) return known
    if (known !== undefined && ageMs < (this.#failure === undefined ? RENEWABLE_MS : LAST_GOOD_MS)) {
      // No call waits for this fetch. Its failure is stored.
      this.#fetchAgain().catch(() => undefined)
      return known
    }
    try {
      return await deadline.race(this.#fetchAgain())
    } catch (error) {
      if (known !== undefined && ageMs < LAST_GOOD_MS && error instanceof this.#settings.Unavailable) return known
      throw error
    }
  }

  async renew(known: JSONWebKeySet, deadline: Deadline): Promise<JSONWebKeySet> {
    // Another call has fetched the keys in the meantime.
    if (this.#keySet !== undefined && this.#keySet !== known) return this.#keySet
    return deadline.race(this.#fetchAgain())
  }

  isCurrent(): boolean {
    return this.#failure === undefined && elapsedMs(this.#fetchedAtMs, this.#settings.nowMs()) < KEY_SET_COOLDOWN_MS
  }

  #fetchAgain(): Promise<JSONWebKeySet> {
    const sinceMs = elapsedMs(this.#attemptedAtMs, this.#settings.nowMs())
    if (
      !this.#work.isUnderWay() &&
      sinceMs < (this.#failure === undefined ? KEY_SET_COOLDOWN_MS : FAILURE_COOLDOWN_MS)
    ) {
      const options = this.#failure === undefined ? {} : { cause: this.#failure }
      return Promise.reject(new this.#settings.Unavailable('the keys of the issuer were fetched a moment ago', options))
    }
    return this.#work.join((isOutdated) => {
      this.#attemptedAtMs = this.#settings.nowMs()
      return this.#fetch(isOutdated)
    })
  }

  async #fetch(isOutdated: () => boolean): Promise<JSONWebKeySet> {
    // The fetch has its own deadline: the first caller may leave without an error for the others.
    const deadline = this.#settings.deadlines.start()
    try {
      const keySet = await fetchKeySet(this.#settings, deadline)
      if (isOutdated()) return keySet
      this.#keySet = keySet
      this.#fetchedAtMs = this.#settings.nowMs()
      this.#failure = undefined
      return keySet
    } catch (cause) {
      if (!isOutdated()) this.#failure = cause
      throw new this.#settings.Unavailable(`the keys of the issuer could not be fetched: ${sayCause(cause)}`, { cause })
    } finally {
      deadline.settle()
    }
  }
}

async function fetchKeySet({ findUri, urlRules, send }: RemoteKeySettings, deadline: Deadline): Promise<JSONWebKeySet> {
  const uri = await deadline.race(findUri())
  if (!URL.canParse(uri) || !isSecureUrl(new URL(uri), urlRules)) {
    throw new ResponseUntrustedError(
      `the metadata name a jwks_uri that is not an https URL (RFC 8414 §2)${httpRemedy(uri, TRANSPORT)}`,
    )
  }
  deadline.waitsFor = () => `keys at ${withoutQuery(uri)}`
  const reply = await send({
    method: 'GET',
    url: uri,
    headers: { accept: KEY_SET_MEDIA_TYPES, 'accept-encoding': 'identity' },
    body: undefined,
    maxResponseBytes: MAX_KEY_SET_BYTES,
    cancellation: deadline,
  })
  return readKeySet(reply, uri)
}

/** Accepts any media type, because many servers send key sets with one of their own. */
function readKeySet(reply: TransportReply, uri: string): JSONWebKeySet {
  if (reply.status !== 200)
    throw new ResponseMalformedError(
      `keys at ${withoutQuery(uri)}: the key set was answered with status ${reply.status}`,
    )
  return parseKeySet<JWK>(reply.body)
}
