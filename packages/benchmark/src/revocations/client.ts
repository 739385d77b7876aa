/** One resource server of the run: it checks remembered answers as fast as it can, and new tokens at a fixed rate. */
import { subscribe } from 'node:diagnostics_channel'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { clientSecretBasic, IntrospectionClient, type IntrospectionResult } from '@token-introspection/client'
import { followFeed } from '@token-introspection/client/revocations'
import { CLIENT_ID, CLIENT_SECRET } from '../fixture.ts'
import { answerParent } from '../measure/answer-parent.ts'
import { HOT_TOKENS, hotToken, newToken } from './tokens.ts'

/** What a client is told at the start. */
export interface ClientSettings {
  readonly number: number
  readonly url: string
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
  async start({ number, url, callsPerTurn, restMs }: ClientSettings) {
    introspection = new IntrospectionClient({
      endpoint: `${url}/introspect`,
      clientAuthentication: clientSecretBasic(CLIENT_ID, CLIENT_SECRET),
      cache: { maxAgeSeconds: 60, maxAgeWhileConnectedSeconds: 600, leaseSeconds: 3, maxEntries: 20_000 },
      revocations: followFeed({ url: `${url}/revocations` }),
      transport: { allowHttpOnLoopback: true },
      onWarning: false,
    })
    await introspection.introspect(newToken(number, 0))
    while (introspection.statistics().feed?.isListening !== true) await delay(10)
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
  counts(): ClientCounts {
    const { gaps = 0, isListening = false } = introspection.statistics().feed ?? {}
    return { calls, requests, failedHot, failedNew, wronglyRefused, gaps, isListening }
  },
})

async function findRefusal(token: string): Promise<string> {
  for (;;) {
    const { active } = await introspection.answer(token)
    if (!active) return String(process.hrtime.bigint())
    await nextTurn()
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
