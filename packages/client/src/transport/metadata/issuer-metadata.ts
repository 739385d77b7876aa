/** Step `transport`: keeps the metadata of the issuer fresh, one document for all its endpoints. */
import { SharedWork } from '../shared-work.ts'
import { type AuthorizationServerMetadata, elapsedMs } from '@token-introspection/core'
import { TransportTimeoutError, TransportUnreachableError } from '../../errors.ts'
import type { Deadlines } from '../deadline.ts'
import type { TransportReply, TransportRequest } from '../transport.ts'
import type { EndpointSource } from '../transport-step.ts'
import { endpointOf, type EndpointRules, type EndpointUse, namesEndpoint } from './endpoint-of.ts'
import { fetchMetadata, type FetchMetadataSettings } from './fetch-metadata.ts'

/** The settings for keeping metadata. */
export interface IssuerMetadataSettings extends FetchMetadataSettings, EndpointRules {
  readonly deadlines: Deadlines
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Older metadata are fetched again, and used once more until the new ones arrive. */
  readonly maxAgeMs: number
  /** Gets the error of a failed fetch for which no call waited. */
  readonly onFailure: (error: unknown) => void
}

interface FoundEndpoint {
  readonly use: EndpointUse
  readonly url: string
}

/** How much longer old metadata are used while they cannot be fetched again. */
const LAST_GOOD_MS = 86_400_000
/** The shortest time between two background fetches, whatever is wrong with an endpoint. */
const RENEWAL_COOLDOWN_MS = 30_000
/** The shortest time between two fetches that a call waits for. Until then, calls get the error of the last fetch. */
const COOLDOWN_MS = 2000

/** Statuses of servers from which an endpoint has moved. */
const GONE = new Set([404, 405, 410])

/**
 * Keeps the metadata of one issuer, and fetches them once for all waiting calls.
 *
 * Cached answers stay valid when an endpoint moves: they belong to the issuer, and metadata that name another issuer
 * are never used (RFC 8414 §3.3).
 */
export class IssuerMetadata {
  readonly #settings: IssuerMetadataSettings
  #metadata: AuthorizationServerMetadata | undefined
  /** Endpoints that were found in the current metadata. */
  #endpoints = new Map<string, FoundEndpoint>()
  /** The name of every endpoint that was requested, found or not. */
  readonly #wanted = new Map<string, EndpointUse>()
  /** Optional endpoints that were found, by their key. */
  readonly #optional = new Map<string, string>()
  #fetchedAtMs = Number.NEGATIVE_INFINITY
  #attemptedAtMs = Number.NEGATIVE_INFINITY
  #failure: Error | undefined
  readonly #work: SharedWork<AuthorizationServerMetadata>

  constructor(settings: IssuerMetadataSettings) {
    this.#settings = settings
    // A fetch may take twice as long as a call waits.
    this.#work = new SharedWork(settings.deadlines.durationMs / 2)
  }

  /** An endpoint that is requested often. Once found, it is available without waiting. */
  source(use: EndpointUse): EndpointSource {
    const key = keyOf(use)
    const known = (): string | undefined => this.#current() && this.#endpoints.get(key)?.url
    return {
      get known() {
        return known()
      },
      find: (deadline) => {
        deadline.waitsFor = () => `metadata of ${this.#settings.issuer}`
        return deadline.race(this.find(use))
      },
    }
  }

  /** Finds an endpoint, within a deadline of its own. */
  async find(use: EndpointUse): Promise<string> {
    if (use.optional === true) return this.#findOptional(use)
    const key = keyOf(use)
    const isNew = !this.#wanted.has(key)
    this.#wanted.set(key, use)
    const metadata = this.#current()
    if (metadata !== undefined) {
      try {
        return this.#take(use, metadata)
      } catch (error) {
        // The endpoint may be there now, or in a document that was not needed before.
        const isElsewhere = isNew && !namesEndpoint(use, metadata)
        if (!isElsewhere && this.#isCooling(COOLDOWN_MS)) throw error
      }
    } else if (this.#failure !== undefined && this.#isCooling(COOLDOWN_MS)) throw this.#failure
    return this.#take(use, await this.#fetch())
  }

  /** The metadata, if they are at hand. */
  get known(): AuthorizationServerMetadata | undefined {
    return this.#current()
  }

  /** The metadata, for members other than endpoints. */
  async document(): Promise<AuthorizationServerMetadata> {
    const current = this.#current()
    if (current === undefined && this.#failure !== undefined && this.#isCooling(COOLDOWN_MS)) throw this.#failure
    return current ?? this.#fetch()
  }

  /**
   * Finds an endpoint that introspection does not need. Nothing of it can make a fetch fail that introspection needs.
   * Its absence is usual, so the metadata are not fetched for it before they are old.
   */
  async #findOptional(use: EndpointUse): Promise<string> {
    const url = endpointOf(use, await this.document(), this.#settings)
    this.#optional.set(keyOf(use), url)
    return url
  }

  /**
   * Sends as `send` does. When an endpoint has moved, the metadata are fetched again for later calls. This call has
   * failed, and its token goes nowhere else.
   */
  watch<Reply extends Pick<TransportReply, 'status'>>(
    send: (request: TransportRequest) => Promise<Reply>,
  ): (request: TransportRequest) => Promise<Reply> {
    return (request) => {
      const reply = send(request)
      void this.#notice(request.url, reply)
      return reply
    }
  }

  async #notice(url: string, reply: Promise<Pick<TransportReply, 'status'>>): Promise<void> {
    try {
      const { status } = await reply
      if (GONE.has(status)) this.#doubt(url)
    } catch (error) {
      if (error instanceof TransportUnreachableError || error instanceof TransportTimeoutError) this.#doubt(url)
    }
  }

  /** The metadata, unless they are too old. Old metadata start a background fetch. */
  #current(): AuthorizationServerMetadata | undefined {
    if (this.#metadata === undefined) return undefined
    const ageMs = this.#settings.nowMs() - this.#fetchedAtMs
    // After a clock was set back, the age of the metadata is unknown.
    if (ageMs >= 0 && ageMs < this.#settings.maxAgeMs) return this.#metadata
    if (!(ageMs < this.#settings.maxAgeMs + LAST_GOOD_MS)) {
      this.#metadata = undefined
      this.#endpoints = new Map()
      return undefined
    }
    this.#renew()
    return this.#metadata
  }

  #take(use: EndpointUse, metadata: AuthorizationServerMetadata): string {
    const key = keyOf(use)
    const isCurrent = metadata === this.#metadata
    const known = isCurrent ? this.#endpoints.get(key) : undefined
    if (known !== undefined) return known.url
    const url = endpointOf(use, metadata, this.#settings)
    if (isCurrent) this.#endpoints.set(key, { use, url })
    return url
  }

  #doubt(url: string): void {
    if ([...this.#endpoints.values()].some((endpoint) => endpoint.url === url)) this.#renew()
    // The parameters of such a request may be in the URL.
    else if ([...this.#optional.values()].some((endpoint) => url.startsWith(endpoint))) this.#renew()
  }

  #renew(): void {
    if (!this.#work.isUnderWay() && !this.#isCooling(RENEWAL_COOLDOWN_MS)) this.#fetch().catch(this.#settings.onFailure)
  }

  /** Whether the last fetch is too recent for another. A fetch on its way can still be joined. */
  #isCooling(cooldownMs: number): boolean {
    if (this.#work.isUnderWay()) return false
    return elapsedMs(this.#attemptedAtMs, this.#settings.nowMs()) < cooldownMs
  }

  #fetch(): Promise<AuthorizationServerMetadata> {
    return this.#work.join((isOutdated) => {
      this.#attemptedAtMs = this.#settings.nowMs()
      return this.#load(isOutdated)
    })
  }

  async #load(isOutdated: () => boolean): Promise<AuthorizationServerMetadata> {
    // The fetch has its own deadline: the first caller may leave without an error for the others.
    const deadline = this.#settings.deadlines.start()
    try {
      const metadata = await fetchMetadata(this.#settings, deadline, (found) =>
        [...this.#wanted.values()].every((use) => namesEndpoint(use, found)),
      )
      if (isOutdated()) return metadata
      // A document without an endpoint in use is probably broken. The last good document is better.
      this.#endpoints = new Map(
        [...this.#endpoints].map(([key, { use }]) => [key, { use, url: endpointOf(use, metadata, this.#settings) }]),
      )
      this.#metadata = metadata
      this.#fetchedAtMs = this.#settings.nowMs()
      this.#failure = undefined
      return metadata
    } catch (error) {
      if (!isOutdated()) this.#failure = error as Error
      throw error
    } finally {
      deadline.settle()
    }
  }
}

function keyOf({ name, withCertificate = false }: EndpointUse): string {
  return withCertificate ? `mtls_endpoint_aliases.${name}` : name
}
