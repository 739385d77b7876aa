/**
 * Measures the feed of revocations with processes of their own: one authorization server, and four resource servers that
 * answer from memory. Prints one line of JSON for each measurement: from a revocation to its refusals, and the
 * introspection requests around a lost log and around a server that stands still. Beside each refusal stands a control: a
 * bare message over a socket, a question and its answer between the same processes. `REDIS_URL` adds the log in Redis.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Child } from '../measure/child.ts'
import type { ClientCounts, ClientSettings } from './client.ts'
import { type Feed, hotToken, type Place, type RedisPlace, type ServerPorts } from './tokens.ts'

const TIMEOUT_MS = 60_000
const REVOCATIONS = Number(process.argv[2] ?? 120)
const SAMPLE_MS = 500

interface Pace {
  readonly name: string
  readonly clients: number
  readonly callsPerTurn: number
  readonly restMs: number
}

const FULL: Pace = { name: 'full speed', clients: 4, callsPerTurn: 256, restMs: 0 }
const ONE: Pace = { name: 'full speed', clients: 1, callsPerTurn: 256, restMs: 0 }
const RESTING: Pace = { name: 'resting 5 ms after 256 calls', clients: 4, callsPerTurn: 256, restMs: 5 }

const REDIS_URL = process.env['REDIS_URL']
const FEEDS: readonly Feed[] = ['event stream', 'long poll', ...(REDIS_URL === undefined ? [] : (['Redis'] as const))]

for (const pace of [FULL, ONE, RESTING]) {
  for (const feed of FEEDS) await withSetup(feed, pace, measureRefusals)
}
for (const feed of ['event stream', 'none'] as const) {
  await withSetup(feed, RESTING, measureLostLog)
  await withSetup(feed, RESTING, measureStandstill)
}

interface Setup {
  server: Child
  serverPid: number
  readonly port: number
  readonly clients: readonly Child[]
  readonly pace: Pace
  readonly feed: Feed
}

async function withSetup(feed: Feed, pace: Pace, measure: (setup: Setup) => Promise<object>): Promise<void> {
  const server = new Child('revocations/server.ts')
  const clients = Array.from({ length: pace.clients }, () => new Child('revocations/client.ts'))
  const redis: RedisPlace | undefined =
    feed === 'Redis' && REDIS_URL !== undefined ? { url: REDIS_URL, keyPrefix: `{bench-${randomUUID()}}:` } : undefined
  const { port, pingPort, pid } = await startServer(server, { port: 0, feed, clients: pace.clients, redis })
  const setup: Setup = { server, serverPid: pid, port, clients, pace, feed }
  try {
    const { callsPerTurn, restMs } = pace
    const url = `http://127.0.0.1:${port}`
    await Promise.all(
      clients.map((client, number) =>
        client.call(
          'start',
          { number, url, pingPort, feed, redis, callsPerTurn, restMs } satisfies ClientSettings,
          TIMEOUT_MS,
        ),
      ),
    )
    await delay(2000)
    console.log(JSON.stringify({ feed, pace: pace.name, clients: pace.clients, ...(await measure(setup)) }))
  } finally {
    await Promise.all([...clients, setup.server].map((child) => child.end()))
  }
}

async function startServer(server: Child, place: Place) {
  return await server.call<ServerPorts>('start', place, TIMEOUT_MS)
}

async function measureRefusals({ server, clients }: Setup): Promise<object> {
  const first: number[] = []
  const every: number[] = []
  const control: number[] = []
  const before = await sumCounts(clients)
  const began = performance.now()
  for (let index = 0; index < REVOCATIONS; index++) {
    const token = hotToken(index)
    await Promise.all(clients.map((client) => client.call('expectRefusal', token, TIMEOUT_MS)))
    const at = BigInt(await server.call<string>('revoke', token, TIMEOUT_MS))
    const refusals = clients.map((client) => client.call<string>('refusal', token, TIMEOUT_MS))
    const times = (await Promise.all(refusals)).map((time) => Number(BigInt(time) - at) / 1e6)
    control.push(...(await pingAll(server, clients)))
    first.push(...times)
    every.push(Math.max(...times))
  }
  const after = await sumCounts(clients)
  const seconds = (performance.now() - began) / 1000
  return {
    measurement: 'revocation to refusal',
    revocations: REVOCATIONS,
    eachClientMs: quantiles(first),
    lastClientMs: quantiles(every),
    controlMs: quantiles(control),
    callsPerSecond: Math.round((after.calls - before.calls) / seconds),
    wronglyRefused: after.wronglyRefused,
  }
}

/** The times of the control. */
async function pingAll(server: Child, clients: readonly Child[]): Promise<number[]> {
  await Promise.all(clients.map((client) => client.call('expectPing', undefined, TIMEOUT_MS)))
  const at = BigInt(await server.call<string>('ping', undefined, TIMEOUT_MS))
  const answers = await Promise.all(clients.map((client) => client.call<string>('pinged', undefined, TIMEOUT_MS)))
  return answers.map((time) => Number(BigInt(time) - at) / 1e6)
}

async function measureLostLog(setup: Setup): Promise<object> {
  return await measureAround(setup, 'restart with a lost log', async () => {
    await setup.server.end()
    setup.server = new Child('revocations/server.ts')
    await startServer(setup.server, { port: setup.port, feed: setup.feed, clients: setup.clients.length })
  })
}

async function measureStandstill(setup: Setup): Promise<object> {
  return await measureAround(setup, 'server stopped for 6 s', async () => {
    process.kill(setup.serverPid, 'SIGSTOP')
    await delay(6000)
    process.kill(setup.serverPid, 'SIGCONT')
  })
}

/** Counts requests for some seconds before, during and after an incident. */
async function measureAround({ clients }: Setup, measurement: string, incident: () => Promise<void>): Promise<object> {
  const before = await sampleRequests(clients, delay(5000))
  const during = await sampleRequests(clients, incident())
  const after = await sampleRequests(clients, delay(8000))
  const { failedHot, failedNew, wronglyRefused, gaps, listening } = await sumCounts(clients)
  return {
    measurement,
    requestsPerSecond: { before: rateOf(before), during: rateOf(during), after: rateOf(after) },
    failedHot,
    failedNew,
    wronglyRefused,
    gaps,
    listening,
  }
}

/** Requests per second in each sample until something has happened. */
async function sampleRequests(clients: readonly Child[], until: Promise<void>): Promise<number[]> {
  const rates: number[] = []
  const progress = { isOver: false }
  const over = until.then(() => void (progress.isOver = true))
  let last = await sumCounts(clients)
  let at = performance.now()
  while (!progress.isOver) {
    await delay(SAMPLE_MS)
    const next = await sumCounts(clients)
    const now = performance.now()
    rates.push(((next.requests - last.requests) * 1000) / (now - at))
    last = next
    at = now
  }
  await over
  return rates
}

async function sumCounts(clients: readonly Child[]) {
  const all = await Promise.all(clients.map((client) => client.call<ClientCounts>('counts', undefined, TIMEOUT_MS)))
  const sum = (member: 'calls' | 'requests' | 'failedHot' | 'failedNew' | 'wronglyRefused' | 'gaps') =>
    all.reduce((total, counts) => total + counts[member], 0)
  return {
    calls: sum('calls'),
    requests: sum('requests'),
    failedHot: sum('failedHot'),
    failedNew: sum('failedNew'),
    wronglyRefused: sum('wronglyRefused'),
    gaps: sum('gaps'),
    listening: all.filter(({ isListening }) => isListening).length,
  }
}

function rateOf(rates: readonly number[]) {
  const mean = rates.reduce((total, rate) => total + rate, 0) / rates.length
  return { mean: Math.round(mean), highest: Math.round(Math.max(...rates)) }
}

function quantiles(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => Number((sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(2))
  return { p50: at(0.5), p99: at(0.99), highest: at(1) }
}
