/** The API: the client and the guard of the package `client`, connected to the network in memory. */
import {
  type ClientPolicyOptions,
  clientSecretBasic,
  type Explanation,
  type FeedStatistics,
  type GuardDecision,
  IntrospectionClient,
  type IntrospectionClientEvent,
} from '@token-introspection/client'
import { followFeed } from '@token-introspection/client/revocations'
import type { Exchange, MemoryNetwork } from './memory-network.ts'
import { ISSUER, ORDERS_API, SCOPES } from './parties.ts'
import type { Settings } from './settings.ts'

/** What the API needs. */
export interface OrdersApiSettings {
  readonly settings: Settings
  readonly network: MemoryNetwork
  readonly secret: string
  readonly nowMs: () => number
  readonly onEvent: (event: IntrospectionClientEvent) => void
}

/** One call of the API. */
export interface ApiCall {
  /** What each step saw, as `client.explain` says it just before the guard decides about the same answer. */
  readonly explanation: Explanation
  readonly decision: GuardDecision
  /** The introspection request, if there was one. */
  readonly exchange: Exchange | undefined
}

/** The answer in the cache. */
export interface KeptAnswer {
  readonly ageSeconds: number
  /** How long the API uses it from now on, if nothing makes it void. */
  readonly usableForSeconds: number
  readonly active: boolean
}

/** The API. */
export interface OrdersApi {
  /** The most seconds that a revocation is late while the feed works. */
  readonly leaseSeconds: number
  /** Asks about a token that nobody has, so that the metadata and the feed are there before the first call. */
  warmUp(): Promise<void>
  call(token: string): Promise<ApiCall>
  /** The answer in the cache that a call would use now. */
  peek(token: string): Promise<KeptAnswer | undefined>
  readonly feed: FeedStatistics | undefined
  /** Waits until the feed works again after the clock was moved, or fails. It gives up after two seconds. */
  catchUp(): Promise<void>
  close(): Promise<void>
}

/** The default of the client for answers that no feed covers. */
const UNPROVEN_SECONDS = 30
const LEASE_SECONDS = 30
const PAUSE_MS = 10
const PATIENCE_MS = 2000

/** Creates the API. */
export function createOrdersApi({ settings, network, secret, nowMs, onEvent }: OrdersApiSettings): OrdersApi {
  let hasFeedFailed = false
  const client = new IntrospectionClient({
    issuer: ISSUER,
    clientAuthentication: clientSecretBasic(ORDERS_API.id, secret),
    audience: audienceFor(settings),
    ...cacheFor(settings),
    transport: { fetch: network.fetch },
    now: nowMs,
    onEvent(event) {
      if (event.type === 'feed_changed') hasFeedFailed = event.change === 'failed'
      onEvent(event)
    },
  })
  const requirement = { scope: settings.fault === 'little-scope' ? SCOPES.write : SCOPES.read }
  const guard = client.guard(requirement)

  async function peek(token: string): Promise<KeptAnswer | undefined> {
    const explanation = await network.withoutQuestions(() => client.explain(token, { ...requirement, useCache: true }))
    const step = explanation.steps.find((each) => each.step === 'cache')
    if (step?.found !== 'hit') return undefined
    const { ageSeconds = 0, usableForSeconds = 0, active = false } = step
    return { ageSeconds, usableForSeconds, active }
  }

  function isBehind(): boolean {
    const { feed } = client.statistics()
    return feed !== undefined && !hasFeedFailed && !(feed.isListening && feed.knownSeconds < 1)
  }

  async function catchUp(): Promise<void> {
    const untilMs = performance.now() + PATIENCE_MS
    while (isBehind() && performance.now() < untilMs) await pause(PAUSE_MS)
  }

  return {
    leaseSeconds: LEASE_SECONDS,
    async warmUp() {
      await client.introspect('no-token').catch(ignore)
      await catchUp()
    },
    async call(token) {
      const request = new Request(`${ORDERS_API.audience}/orders`, { headers: { authorization: `Bearer ${token}` } })
      const { result, exchange } = await network.duringCall(async () => {
        const explanation = await client.explain(request, { ...requirement, useCache: true })
        return { explanation, decision: await guard(request) }
      })
      return { ...result, exchange }
    },
    peek,
    get feed() {
      return client.statistics().feed
    },
    catchUp,
    close: () => client.close(),
  }
}

function audienceFor({ fault }: Settings): ClientPolicyOptions['audience'] {
  return fault === 'wrong-audience' ? `${ORDERS_API.audience}/v2` : ORDERS_API.audience
}

/** With the feed, the time that somebody chooses is for answers that the feed covers. */
function cacheFor({ feed, keepSeconds }: Settings) {
  if (keepSeconds === 0) return {}
  if (!feed) return { cache: { maxAgeSeconds: keepSeconds } }
  const maxAgeSeconds = Math.min(UNPROVEN_SECONDS, keepSeconds)
  const cache = { maxAgeSeconds, maxAgeWhileConnectedSeconds: keepSeconds, leaseSeconds: LEASE_SECONDS }
  return { cache, revocations: followFeed() }
}

/** The first call fails in the same way, and reports it. */
function ignore(): void {}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
