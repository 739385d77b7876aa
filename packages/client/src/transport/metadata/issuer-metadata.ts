/** Step `transport`: the metadata of the issuer, one document for every endpoint of it, kept and kept fresh. */
import { SharedWork } from '../shared-work.ts'
import { type AuthorizationServerMetadata, elapsedMs } from '@token-introspection/core'
import { TransportTimeoutError, TransportUnreachableError } from '../../errors.ts'
import type { Deadlines } from '../deadline.ts'
import type { Send, TransportReply } from '../transport.ts'
import type { EndpointSource } from '../transport-step.ts'
import { endpointOf, type EndpointRules, type EndpointUse, namesEndpoint } from './endpoint-of.ts'
import { fetchMetadata, type FetchMetadataSettings } from './fetch-metadata.ts'

/** What keeping the metadata needs. */
export interface IssuerMetadataSettings extends FetchMetadataSettings, EndpointRules {
  readonly deadlines: Deadlines
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Older metadata are fetched again, while they are used once more. */
  readonly maxAgeMs: number
  /** Told of a fetch that failed and that nobody waited for. */
  readonly onFailure: (error: unknown) => void
}

interface FoundEndpoint {
  readonly use: EndpointUse
  readonly url: string
}

/** How long metadata are used beyond their age while they cannot be fetched again. */
const LAST_GOOD_MS = 86_400_000
/** The least time between two fetches that nobody waits for, whatever may be wrong with an endpoint. */
const RENEWAL_COOLDOWN_MS = 30_000
/** The same for a fetch somebody waits for: until then the failure of the last one is theirs too. */
const COOLDOWN_MS = 2000

/** What servers say where an endpoint was once. */
const GONE = new Set([404, 405, 410])

/**
 * Keeps the metadata of one issuer, and fetches them for all who wait at once.
 *
 * Answers that are remembered stay good when an endpoint moves: they are the issuer's, and metadata that name another
 * issuer are never used (RFC 8414 §3.3).
 */
export class IssuerMetadata {
  readonly #settings: IssuerMetadataSettings
  #metadata: AuthorizationServerMetadata | undefined
  /** What was taken out of the metadata. */
  #endpoints = new Map<string, FoundEndpoint>()
  /** Every endpoint that was asked for, found or not. */
  readonly #wanted = new Map<string, EndpointUse>()
  #fetchedAtMs = Number.NEGATIVE_INFINITY
  #attemptedAtMs = Number.NEGATIVE_INFINITY
  #failure: Error | undefined
  readonly #work: SharedWork<AuthorizationServerMetadata>

  constructor(settings: IssuerMetadataSettings) {
    this.#settings = settings
    // A fetch may take twice as long as a call waits.
    this.#work = new SharedWork(settings.deadlines.durationMs / 2)
  }

  /** An endpoint that is asked often: at hand without waiting once it was found. */
  source(use: EndpointUse): EndpointSource {
    const key = keyOf(use)
    const known = (): string | undefined => this.#current() && this.#endpoints.get(key)?.url
    return {
      get known() {
        return known()
      },
      find: (deadline) => deadline.race(this.find(use)),
    }
  }

  /** Finds an endpoint, within a deadline of its own. */
  async find(use: EndpointUse): Promise<string> {
    const key = keyOf(use)
    const isNew = !this.#wanted.has(key)
    this.#wanted.set(key, use)
    const metadata = this.#current()
    if (metadata !== undefined) {
      try {
        return this.#take(use, metadata)
      } catch (error) {
        // It may be there by now, or at a place that nobody had a reason to look at.
        const isElsewhere = isNew && !namesEndpoint(use, metadata)
        if (!isElsewhere && this.#isCooling(COOLDOWN_MS)) throw error
      }
    } else if (this.#failure !== undefined && this.#isCooling(COOLDOWN_MS)) throw this.#failure
    return this.#take(use, await this.#fetch())
  }

  /**
   * Sends as `send` does. When an endpoint is no longer where the metadata said, they are fetched again for the calls that
   * follow; this one has failed, and its token goes nowhere else.
   */
  watch(send: Send): Send {
    return (request) => {
      const reply = send(request)
      void this.#notice(request.url, reply)
      return reply
    }
  }

  async #notice(url: string, reply: Promise<TransportReply>): Promise<void> {
    try {
      const { status } = await reply
      if (GONE.has(status)) this.#doubt(url)
    } catch (error) {
      if (error instanceof TransportUnreachableError || error instanceof TransportTimeoutError) this.#doubt(url)
    }
  }

  /** The metadata, unless they are too old; old ones are fetched again, and nobody waits for that. */
  #current(): AuthorizationServerMetadata | undefined {
    if (this.#metadata === undefined) return undefined
    const ageMs = this.#settings.nowMs() - this.#fetchedAtMs
    // Since a clock was set back, nobody knows how old they are.
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
  }

  #renew(): void {
    if (!this.#work.isUnderWay() && !this.#isCooling(RENEWAL_COOLDOWN_MS)) this.#fetch().catch(this.#settings.onFailure)
  }

  /** Whether the last fetch was too short a time ago for another; one that is under way can be joined. */
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
      // A document without an endpoint that is in use is one gone wrong, and the last good one is better.
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
