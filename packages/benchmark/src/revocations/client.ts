/** One resource server of the run: it checks remembered answers as fast as it can, and new tokens at a fixed rate. */
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { clientSecretBasic, IntrospectionClient, type IntrospectionResult } from '@token-introspection/client'
import { followRedisFeed } from '@token-introspection/client/redis'
import { followFeed } from '@token-introspection/client/revocations'
import { createClient } from 'redis'
import { CLIENT_ID, CLIENT_SECRET } from '../fixture.ts'
import { answerParent } from '../measure/answer-parent.ts'
import { type Feed, HOT_TOKENS, hotToken, newToken, PING, type RedisPlace } from './tokens.ts'

/** What a client is told at the start. */
export interface ClientSettings {
  readonly number: number
  readonly url: string
  readonly pingPort: number
  readonly feed: Feed
  readonly redis?: RedisPlace | undefined
  /** Calls between two turns of the event loop. */
  readonly callsPerTurn: number
  /** Milliseconds of rest after each turn. 0 for full speed. */
  readonly restMs: number
}

/** What a client has counted so far. */
export interface ClientCounts {
  readonly calls: number
  /** Introspection requests that were sent, retries included. */
  readonly requests: number
  /** Calls about remembered tokens that failed. */
  readonly failedHot: number
  /** Calls about new tokens that failed. */
  readonly failedNew: number
  /** Active tokens that were called inactive. */
  readonly wronglyRefused: number
  readonly gaps: number
  readonly isListening: boolean
}

const NEW_TOKENS_MS = 20

let introspection: IntrospectionClient
let pings: Socket
let answered: ((time: string) => void) | undefined
let pinged = Promise.resolve('')
let calls = 0
let requests = 0
let failedHot = 0
let failedNew = 0
let wronglyRefused = 0
const hot = Array.from({ length: HOT_TOKENS }, (_, index) => hotToken(index))
const revoked = new Set<string>()
const underWay = new Set<string>()
const refusals = new Map<string, Promise<string>>()

subscribe('undici:request:create', (message) => {
  const { path } = (message as { readonly request: { readonly path: string } }).request
  if (path === '/introspect') requests++
})

answerParent({
  async start({ number, url, pingPort, feed, redis, callsPerTurn, restMs }: ClientSettings) {
    pings = connect({ port: pingPort, host: '127.0.0.1', noDelay: true })
    pings.on('error', () => undefined)
    pings.on('data', ([octet]) => {
      if (octet === PING.news) pings.write(Uint8Array.of(PING.question))
      else answered?.(String(process.hrtime.bigint()))
    })
    await once(pings, 'connect')
    const revocations =
      feed === 'Redis' && redis !== undefined ? await followRedis(redis) : followFeed({ url: `${url}/revocations` })
    introspection = new IntrospectionClient({
      endpoint: `${url}/introspect`,
      clientAuthentication: clientSecretBasic(CLIENT_ID, CLIENT_SECRET),
      ...(feed === 'none'
        ? { cache: { maxAgeSeconds: 60, maxEntries: 20_000 } }
        : {
            cache: { maxAgeSeconds: 60, maxAgeWhileConnectedSeconds: 600, leaseSeconds: 3, maxEntries: 20_000 },
            revocations,
          }),
      transport: { allowHttpOnLoopback: true },
      onWarning: false,
    })
    await introspection.introspect(newToken(number, 0))
    if (feed !== 'none') while (introspection.statistics().feed?.isListening !== true) await delay(10)
    for (const token of hot) await introspection.introspect(token)
    void callHot(callsPerTurn, restMs)
    askAboutNewTokens(number)
  },
  /** Looks for the first refusal of a token from now on. */
  expectRefusal(token: string) {
    revoked.add(token)
    refusals.set(token, findRefusal(token))
  },
  /** Waits for the first refusal. Gives its time on the clock that every process of the computer shares. */
  async refusal(token: string) {
    return await refusals.get(token)
  },
  /** Looks for the answer of the control from now on. */
  expectPing() {
    pinged = new Promise((resolve) => {
      answered = resolve
    })
  },
  /** Waits for the answer of the control. Gives its time. */
  async pinged() {
    return await pinged
  },
  counts(): ClientCounts {
    const { gaps = 0, isListening = false } = introspection.statistics().feed ?? {}
    return { calls, requests, failedHot, failedNew, wronglyRefused, gaps, isListening }
  },
})

async function followRedis({ url, keyPrefix }: RedisPlace) {
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  return followRedisFeed({ client, keyPrefix })
}

async function findRefusal(token: string): Promise<string> {
  for (;;) {
    if (await isRefused(token)) return String(process.hrtime.bigint())
    await nextTurn()
  }
}

/** A call that fails is no refusal. */
async function isRefused(token: string): Promise<boolean> {
  try {
    return !(await introspection.answer(token)).active
  } catch {
    return false
  }
}

async function callHot(callsPerTurn: number, restMs: number): Promise<void> {
  for (let next = 0; ; ) {
    for (let count = 0; count < callsPerTurn; count++) {
      next = (next + 1) % hot.length
      callOne(hot[next] as string)
    }
    calls += callsPerTurn
    await (restMs > 0 ? delay(restMs) : nextTurn())
  }
}

/** One call about a remembered token. A token whose answer is on its way is left out. */
function callOne(token: string): void {
  if (underWay.has(token)) return
  const answer = introspection.answer(token)
  if (!(answer instanceof Promise)) return judge(token, answer)
  underWay.add(token)
  answer
    .then(
      (result) => judge(token, result),
      () => void failedHot++,
    )
    .finally(() => underWay.delete(token))
}

function judge(token: string, { active }: IntrospectionResult): void {
  if (!active && !revoked.has(token)) wronglyRefused++
}

function askAboutNewTokens(number: number): void {
  let next = 1
  setInterval(() => {
    introspection.introspect(newToken(number, next++)).catch(() => void failedNew++)
  }, NEW_TOKENS_MS)
}
