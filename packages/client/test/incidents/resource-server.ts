/**
 * A resource server of an incident, in a process of its own. It asks about every token again and again, and notes what each
 * decision claims: that the token was good at the moment of the decision less its bound.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { followRedisFeed } from '@token-introspection/client/redis'
import { followFeed } from '@token-introspection/client/revocations'
import { answerParent } from '../../../benchmark/src/measure/answer-parent.ts'
import {
  clientSecretBasic,
  IntrospectionClient,
  isIntrospectionError,
  type IntrospectionWithLiveness,
} from '../../src/index.ts'
import { API, LEASE_SECONDS } from './api.ts'
import type { RedisPlace } from './authorization-server.ts'
import { microseconds } from './microseconds.ts'
import { openRedis } from './open-redis.ts'

/** How to start the resource server. */
export interface ClientSettings {
  /** The origin of the authorization server. */
  readonly origin: string
  readonly tokens: readonly string[]
  /** The origin of the feed, if it is another one. */
  readonly feedOrigin?: string | undefined
  /** The log to follow instead of the feed. */
  readonly redis?: RedisPlace | undefined
  /** By how much the clock of this process is wrong. Default 0. */
  readonly clockOffMs?: number | undefined
}

/** What a resource server has decided so far. */
export interface ClientReport {
  /** For each token the latest moment at which a decision claimed that it was good, in microseconds. */
  readonly claims: Readonly<Record<string, number>>
  /** Tokens that were refused last. */
  readonly refused: readonly string[]
  readonly accepted: number
  /** Calls that were answered from memory although nothing was known for longer than the lease. */
  readonly stale: number
  /** Calls that failed. */
  readonly failed: number
  /** Calls that were not answered from memory. */
  readonly misses: number
  readonly events: number
  readonly gaps: number
  readonly isListening: boolean
}

const cache = { maxAgeSeconds: 1, maxAgeWhileConnectedSeconds: 600, leaseSeconds: LEASE_SECONDS }

let introspection: IntrospectionClient
const claims: Record<string, number> = {}
const refused = new Set<string>()
const underWay = new Set<string>()
let accepted = 0
let failed = 0
let stale = 0
/** Bounds count one percent more than the clock shows. */
const LONGEST_BOUND_SECONDS = LEASE_SECONDS * 1.01

answerParent({
  async start({ origin, tokens, feedOrigin = origin, redis, clockOffMs = 0 }: ClientSettings): Promise<void> {
    introspection = new IntrospectionClient({
      endpoint: `${origin}/introspect`,
      clientAuthentication: clientSecretBasic(API.id, API.secret),
      cache,
      revocations:
        redis === undefined
          ? followFeed({ url: `${feedOrigin}/revocations` })
          : followRedisFeed({ client: await openRedis(redis.url), keyPrefix: redis.keyPrefix }),
      transport: { allowHttpOnLoopback: true },
      now: () => Date.now() + clockOffMs,
      onWarning: false,
    })
    await untilAnswered(introspection, tokens[0] as string)
    while (introspection.statistics().feed?.position === undefined) await delay(5)
    void callForever(tokens)
  },
  report(): ClientReport {
    const { feed, misses } = introspection.statistics()
    const { events = 0, gaps = 0, isListening = false } = feed ?? {}
    return { claims, refused: [...refused], accepted, stale, failed, misses, events, gaps, isListening }
  },
})

async function callForever(tokens: readonly string[]): Promise<void> {
  for (;;) {
    for (const token of tokens) call(token)
    await delay(1)
  }
}

function call(token: string): void {
  if (underWay.has(token)) return
  underWay.add(token)
  const beganAt = microseconds()
  introspection
    .introspectWithLiveness(token)
    .then(
      (decision) => note(token, decision, beganAt),
      () => void failed++,
    )
    .finally(() => underWay.delete(token))
}

/** Asks until there is an answer: on a busy machine the first one may take longer than the deadline. */
async function untilAnswered(client: IntrospectionClient, token: string): Promise<void> {
  for (;;) {
    try {
      await client.introspect(token)
      return
    } catch (error) {
      if (!(isIntrospectionError(error) && error.code === 'ERR_TRANSPORT_TIMEOUT')) throw error
    }
  }
}

/** @param beganAt - before the decision, so that a pause of the process after it makes no claim stronger. */
function note(token: string, { result, liveness }: IntrospectionWithLiveness, beganAt: number): void {
  if (!result.active) {
    refused.add(token)
    return
  }
  accepted++
  refused.delete(token)
  if (liveness.source === 'cache' && liveness.boundSeconds > LONGEST_BOUND_SECONDS) stale++
  claims[token] = Math.max(claims[token] ?? Number.NEGATIVE_INFINITY, beganAt - liveness.boundSeconds * 1e6)
}
