/** The last step of the demo: APIs remember answers for ten minutes, and refuse a revoked token within milliseconds. */
import { setTimeout as delay } from 'node:timers/promises'
import type { CacheOptions, RevocationFollower } from '@token-introspection/client'
import { followFeed } from '@token-introspection/client/revocations'
import { type Api, startApi } from './api.ts'
import { type AuthorizationServer, type DemoResource, INVOICES_API, ORDERS_API } from './authorization-server.ts'
import type { Exchange } from './record-exchange.ts'

/** The surroundings of the step. */
export interface BeatCache {
  readonly as: AuthorizationServer
  /** Introspections as they go over the wire. The step empties the list. */
  readonly introspections: Exchange[]
  readonly print: (text: string) => void
  /** Default: two APIs that follow the feed over HTTP. */
  readonly followers?: readonly Follower[]
  /** Ends the step when it takes too long. */
  readonly signal: AbortSignal
}

/** An API that follows the revocations of the authorization server. */
export interface Follower {
  readonly name: string
  readonly resource: DemoResource
  readonly revocations: RevocationFollower
  /** Where it remembers answers. Default: in memory. Followers with the same `keySecret` share their answers. */
  readonly cache?: Pick<CacheOptions, 'store' | 'keySecret'>
}

const REMEMBERED_SECONDS = 600
/** A shared cache has no longer life with a feed than without, because its other users may not follow the feed. */
const SHARED_SECONDS = 30
const CALLS_PER_API = 500

/** Takes the step and prints its figures. @returns the differences from the expected result. Empty when there are none. */
export async function beatCache(parts: BeatCache): Promise<string[]> {
  const { as, introspections, print, followers = followersOverHttp(), signal } = parts
  const apis = await Promise.all(followers.map((follower) => startFollower(as, follower)))
  const named = apis.map((api, index) => ({ api, name: followers[index]?.name ?? '' }))
  /** Those that share their answers ask once, or each for itself when the store is slow. */
  const caches = new Set(followers.map(({ name, cache }) => cache?.keySecret ?? name)).size
  const expected = caches === apis.length ? `${caches}` : `${caches} to ${apis.length}`
  const isExpected = (requests: number): boolean => requests >= caches && requests <= apis.length
  const differences: string[] = []
  try {
    const audiences = followers.map(({ resource }) => resource.audience)
    const first = await as.issueToken({ aud: audiences })
    await Promise.all(apis.map((api) => waitUntil(async () => (await call(api, first), isFollowing(api)), signal)))

    introspections.length = 0
    const token = await as.issueToken({ aud: audiences })
    // One after the other, so that an API finds the answers that another one shares with it.
    const accepted: number[] = []
    for (const api of apis) accepted.push(await countAccepted(api, token))
    const before = introspections.length
    const calls = CALLS_PER_API * apis.length
    if (accepted.some((count) => count !== CALLS_PER_API))
      differences.push(`the APIs did not accept all ${calls} calls`)
    if (!isExpected(before)) differences.push(`${before} introspection requests instead of ${expected}`)
    print(
      `   ${named.map(({ name }) => name).join(', ')} follow the revocations and remember answers for ${REMEMBERED_SECONDS} s${
        followers.some(({ cache }) => cache !== undefined) ? `, or in the shared cache for ${SHARED_SECONDS} s` : ''
      }.`,
    )
    print(`   before the revocation: ${calls} calls with the token, ${before} introspection requests`)

    const revokedAt = performance.now()
    await as.revokeToken(token)
    await Promise.all(
      named.map(async ({ api, name }) => {
        const isRefused = await waitUntil(async () => (await call(api, token)) === 401, signal)
        if (!isRefused) return differences.push(`${name} did not refuse the token`)
        // Without the event the API would ask again only when its answer is too old.
        if (api.introspection.statistics().feed?.events !== 1)
          return differences.push(`${name} did not hear exactly one event`)
        return print(
          `   ${name} refused the token ${(performance.now() - revokedAt).toFixed(1)} ms after its revocation`,
        )
      }),
    )
    const after = introspections.length - before
    if (!isExpected(after))
      differences.push(`${after} introspection requests after the revocation instead of ${expected}`)
    print(`   after the revocation: ${after} introspection requests`)
  } finally {
    await Promise.all(apis.map((api) => api.stop()))
  }
  return differences
}

function followersOverHttp(): Follower[] {
  return [ORDERS_API, INVOICES_API].map((resource) => ({
    name: resource.id,
    resource,
    revocations: followFeed(),
  }))
}

function startFollower(as: AuthorizationServer, { resource, revocations, cache }: Follower): Promise<Api> {
  return startApi(0, as.issuer, resource, {
    cache:
      cache === undefined
        ? { maxAgeWhileConnectedSeconds: REMEMBERED_SECONDS }
        : { ...cache, maxAgeSeconds: SHARED_SECONDS },
    revocations,
  })
}

function isFollowing({ introspection }: Api): boolean {
  const { feed } = introspection.statistics()
  return feed?.position !== undefined && feed.isListening
}

async function countAccepted(api: Api, token: string): Promise<number> {
  let accepted = 0
  for (let count = 0; count < CALLS_PER_API; count++) if ((await call(api, token)) === 200) accepted++
  return accepted
}

/** Tries every millisecond until `attempt` gives true. @returns false when the signal aborts first. */
async function waitUntil(attempt: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await attempt()) return true
    await delay(1)
  }
  return false
}

async function call({ origin }: Api, token: string): Promise<number> {
  const response = await fetch(`${origin}/orders`, { headers: { authorization: `Bearer ${token}` } })
  await response.arrayBuffer()
  return response.status
}
