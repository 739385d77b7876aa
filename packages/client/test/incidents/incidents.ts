/** What can happen to a feed of revocations, with real processes and real connections. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { API, LEASE_SECONDS } from './api.ts'
import type { RedisPlace } from './authorization-server.ts'
import { Cluster } from './cluster.ts'
import { startFaultyProxy } from './faulty-proxy.ts'
import type { ClientReport } from './resource-server.ts'

/** A Redis server that an incident may break. */
export interface BreakableRedis {
  readonly place: RedisPlace
  /** Lets no client of Redis do anything for some milliseconds. */
  pause(ms: number): Promise<void>
  /** Ends it at once, and starts it again without its data. */
  loseEverything(): Promise<void>
}

/** How long and how often. */
export interface Extent {
  readonly rounds: number
  readonly seconds: number
}

/** What came of an incident. Both lists must be empty, and the counts must not be zero. */
export interface Outcome {
  /** Decisions that were wrong for longer than they said. */
  readonly brokenBounds: readonly string[]
  /** What else should not have happened. */
  readonly problems: readonly string[]
  /** Calls that accepted a token, of all clients. */
  readonly accepted: number
  readonly revoked: number
  readonly events: number
  readonly gaps: number
}

const LONGER_THAN_LEASE_MS = (LEASE_SECONDS + 1) * 1000
const HOUR_MS = 3_600_000
const plain = () => ({})

/** A client is stopped for longer than its lease. Its tokens are revoked meanwhile. */
export async function stopClient({ rounds }: Extent): Promise<Outcome> {
  await using cluster = await Cluster.start({ clients: [plain, plain] })
  for (let round = 0; round < rounds; round++) {
    cluster.clients[0]?.signal('SIGSTOP')
    await cluster.revoke()
    await delay(LONGER_THAN_LEASE_MS)
    cluster.clients[0]?.signal('SIGCONT')
    await cluster.untilSettled()
  }
  // The deadline of a call that was under way when the process was stopped is over when it goes on, with a feed and without.
  return await judge(cluster, { mayFail: true })
}

/** The server is killed in the middle of its streams. It comes back without its log. */
export async function killServer({ rounds }: Extent): Promise<Outcome> {
  await using cluster = await Cluster.start({ clients: [plain, plain] })
  for (let round = 0; round < rounds; round++) {
    const heard = Math.max(...(await cluster.reports()).map(({ events }) => events))
    const flood = cluster.ask('flood', { perSecond: 1000, ms: 60_000 }).catch(() => undefined)
    await cluster.until(({ events }) => events > heard)
    await cluster.revoke()
    cluster.kill()
    await flood
    await cluster.restart()
    await cluster.revoke()
    await cluster.untilSettled()
    await cluster.untilAllRemember()
  }
  const outcome = await judge(cluster, { mayFail: true })
  const problems = outcome.gaps >= 2 * rounds ? [] : ['a client did not notice that the log was lost']
  return { ...outcome, problems: [...outcome.problems, ...problems] }
}

/** A proxy before the feed holds its octets back, and breaks connections off in the middle of an answer. */
export async function breakConnections({ rounds }: Extent): Promise<Outcome> {
  const proxies: Awaited<ReturnType<typeof startFaultyProxy>>[] = []
  const throughProxy = async (origin: string) => {
    const proxy = await startFaultyProxy(Number(new URL(origin).port))
    proxies.push(proxy)
    return { feedOrigin: proxy.origin }
  }
  await using cluster = await Cluster.start({ clients: [throughProxy, plain] })
  const [proxy] = proxies
  if (proxy === undefined) throw new Error('there is no proxy')
  for (let round = 0; round < rounds; round++) {
    proxy.mode = 'hold'
    await cluster.revoke()
    await delay(LONGER_THAN_LEASE_MS)
    proxy.mode = 'cut'
    for (const cuts = proxy.cuts + 3; proxy.cuts < cuts; await delay(20))
      await cluster.ask('flood', { perSecond: 100, ms: 20 })
    await cluster.revoke()
    proxy.mode = 'pass'
    await cluster.untilSettled()
    await cluster.untilAllRemember()
  }
  const outcome = await judge(cluster, { mayFail: false })
  await proxy.close()
  return outcome
}

/** The clocks of two clients are wrong by an hour, one fast and one slow. */
export async function setClocksWrong({ rounds }: Extent): Promise<Outcome> {
  await using cluster = await Cluster.start({
    clients: [() => ({ clockOffMs: HOUR_MS }), () => ({ clockOffMs: -HOUR_MS })],
  })
  for (let round = 0; round < rounds; round++) {
    await cluster.revoke()
    await cluster.untilSettled()
  }
  const outcome = await judge(cluster, { mayFail: false })
  const problems = outcome.gaps === 0 ? [] : ['there was a gap']
  return { ...outcome, problems: [...outcome.problems, ...problems] }
}

/** Ten thousand events a second, and a follower that never reads them. */
export async function floodWithEvents({ seconds }: Extent): Promise<Outcome> {
  await using cluster = await Cluster.start({ clients: [plain, plain] })
  const deaf = connect(Number(new URL(cluster.origin).port), '127.0.0.1')
  await once(deaf, 'connect')
  const credentials = Buffer.from(`${encodeURIComponent(API.id)}:${encodeURIComponent(API.secret)}`).toString('base64')
  deaf.on('error', () => undefined)
  deaf.pause()
  deaf.write(
    `GET /revocations HTTP/1.1\r\nhost: a\r\nauthorization: Basic ${credentials}\r\naccept: text/event-stream\r\n\r\n`,
  )
  const flood = cluster.ask<number>('flood', { perSecond: 10_000, ms: seconds * 1000 })
  await cluster.revoke()
  const events = await flood
  await cluster.revoke()
  await cluster.untilSettled()
  // The sockets of both sides take some megabytes before octets wait in the server.
  while (!(await cluster.ask<string[]>('endedStreams')).includes('slow')) {
    await cluster.ask('flood', { perSecond: 10_000, ms: 500 })
  }
  await cluster.until((report) => report.events >= events + 2 || report.gaps > 0)
  deaf.destroy()
  return await judge(cluster, { mayFail: false })
}

/** Redis stands still, and then restarts without its data. One client follows the feed, the other one the log in Redis. */
export async function breakRedis({ rounds }: Extent, redis: BreakableRedis): Promise<Outcome> {
  const { place } = redis
  await using cluster = await Cluster.start({ clients: [plain, () => ({ redis: place })], redis: place })
  for (let round = 0; round < rounds; round++) {
    await redis.pause(LONGER_THAN_LEASE_MS)
    await cluster.revoke()
    await cluster.untilSettled()
    await redis.loseEverything()
    await saveAgain(cluster)
    await cluster.revoke()
    await cluster.untilSettled()
    await cluster.untilAllRemember()
  }
  const outcome = await judge(cluster, { mayFail: true })
  const problems = outcome.gaps >= 2 * rounds ? [] : ['a client did not notice that the log was lost']
  return { ...outcome, problems: [...outcome.problems, ...problems] }
}

async function saveAgain(cluster: Cluster): Promise<void> {
  for (;;) {
    try {
      await cluster.ask('save', cluster.good)
      return
    } catch {
      // The server is not connected to Redis again yet.
      await delay(50)
    }
  }
}

async function judge(cluster: Cluster, { mayFail }: { readonly mayFail: boolean }): Promise<Outcome> {
  const reports = await cluster.reports()
  const sum = (member: 'accepted' | 'failed' | 'stale' | 'events' | 'gaps'): number =>
    reports.reduce((total: number, report: ClientReport) => total + report[member], 0)
  const [failed, stale] = [sum('failed'), sum('stale')]
  return {
    brokenBounds: await cluster.brokenBounds(),
    problems: [
      ...(failed > 0 && !mayFail ? [`${failed} calls failed`] : []),
      ...(stale > 0 ? [`${stale} calls were answered from memory with a bound above the lease`] : []),
    ],
    accepted: sum('accepted'),
    revoked: cluster.revoked,
    events: sum('events'),
    gaps: sum('gaps'),
  }
}
