/** The engine of the playground: both parties, the clock, and what happened so far. It knows nothing about the page. */
import { type AuthorizationServer, createAuthorizationServer } from './authorization-server.ts'
import { createHappeningLog, type HappeningLog } from './happening-log.ts'
import { latenessOf } from './lateness.ts'
import { createMemoryNetwork, type MemoryNetwork } from './memory-network.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { createOrdersApi, type OrdersApi } from './orders-api.ts'
import { INVOICES_API, ISSUER, ORDERS_API, SCOPES } from './parties.ts'
import type { CallReport, IssuedToken, PlaygroundView, RevocationReport } from './playground-view.ts'
import { sendRevocation } from './send-revocation.ts'
import type { Settings } from './settings.ts'

/** The lifetime of every token, in seconds. */
export const LIFETIME_SECONDS = 3600
const MOST_TOKENS = 5
const MOST_CALLS = 30
const HEARING_PATIENCE_MS = 1000

/** Both parties. Actions run one after the other. */
export class Playground {
  readonly #clock: MovableClock
  readonly #log: HappeningLog
  readonly #secrets = { ordersApi: crypto.randomUUID(), webShop: crypto.randomUUID() }
  readonly #server: AuthorizationServer
  readonly #network: MemoryNetwork
  readonly #texts = new Map<number, string>()
  #settings: Settings
  #api: OrdersApi
  #tokens: Omit<IssuedToken, 'inactive'>[] = []
  #calls: CallReport[] = []
  #count = 0
  #isStarting = true
  #last: Promise<unknown> = Promise.resolve()

  constructor(settings: Settings, systemMs: () => number = Date.now) {
    this.#settings = settings
    this.#clock = createMovableClock(systemMs)
    this.#log = createHappeningLog(this.#clock.nowMs)
    this.#server = createAuthorizationServer({
      secrets: this.#secrets,
      nowMs: this.#clock.nowMs,
      onEvent: (event) => this.#isStarting || this.#log.note({ side: 'server', event }),
    })
    this.#network = createMemoryNetwork({
      endpoints: this.#server.endpoints,
      // The API starts while everything works. Then something breaks.
      fault: () => (this.#isStarting ? 'none' : this.#settings.fault),
      facts: (token) => ({
        token,
        issuer: ISSUER,
        audience: ORDERS_API.audience,
        scope: SCOPES.read,
        now: Math.floor(this.#clock.nowMs() / 1000),
      }),
    })
    this.#api = this.#createApi()
    void this.#inTurn(() => this.#start())
  }

  /** Calls back after each change. Returns a function that ends that. */
  subscribe(listener: () => void): () => void {
    return this.#log.subscribe(listener)
  }

  /** Issues a token, and says its number. */
  issue(): Promise<number> {
    return this.#inTurn(async () => {
      const [audience, scope] = [this.#audience(), SCOPES.read]
      const text = await this.#server.issue({ audience, scope, lifetimeSeconds: LIFETIME_SECONDS })
      const issuedAtMs = this.#clock.nowMs()
      const number = (this.#count += 1)
      this.#texts.set(number, text)
      const expiresAtMs = issuedAtMs + LIFETIME_SECONDS * 1000
      const token = { number, audience, scope, issuedAtMs, expiresAtMs, revokedAtMs: undefined }
      this.#tokens = [...this.#tokens, token].slice(-MOST_TOKENS)
      this.#log.note({ side: 'page', event: { type: 'issued', token: number } })
      return number
    })
  }

  /** Calls the API with a token. */
  call(token: number): Promise<CallReport> {
    return this.#inTurn(async () => {
      const { explanation, decision, exchange } = await this.#api.call(this.#textOf(token))
      const refusal = decision.allowed ? undefined : decision
      const liveness = decision.allowed ? decision.liveness : undefined
      const report: CallReport = {
        id: (this.#calls.at(-1)?.id ?? 0) + 1,
        token,
        atMs: this.#clock.nowMs(),
        allowed: decision.allowed,
        isRevoked: this.#tokens.some(({ number, revokedAtMs }) => number === token && revokedAtMs !== undefined),
        status: refusal?.status ?? 200,
        reason: refusal?.reason,
        detail: refusal?.detail,
        challenge: refusal?.headers['www-authenticate'],
        steps: explanation.steps,
        exchange,
        liveness: liveness && { ...liveness },
      }
      this.#calls = [...this.#calls, report].slice(-MOST_CALLS)
      return report
    })
  }

  /** Revokes a token at the revocation endpoint, as its client does. */
  revoke(token: number): Promise<RevocationReport> {
    return this.#inTurn(async () => {
      const before = this.#api.feed
      if (!(await sendRevocation(this.#network, this.#secrets.webShop, this.#textOf(token)))) {
        this.#log.note({ side: 'page', event: { type: 'revocation_failed', token } })
        return { isRevoked: false, heardAfterMs: undefined }
      }
      const revokedAtMs = this.#clock.nowMs()
      this.#tokens = this.#tokens.map((each) => (each.number === token ? { ...each, revokedAtMs } : each))
      const heardAfterMs = before?.isListening === true ? await this.#waitUntilHeard(before.events) : undefined
      return { isRevoked: true, heardAfterMs }
    })
  }

  /** Moves the clocks of both sides forward. */
  move(seconds: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#clock.move(seconds * 1000)
      this.#network.endStreams()
      this.#log.note({ side: 'page', event: { type: 'moved', seconds } })
      await this.#api.catchUp()
    })
  }

  /** Changes settings. The API starts again, with an empty cache, if its own options change. */
  change(settings: Settings): Promise<void> {
    return this.#inTurn(async () => {
      const isOther = optionsOf(settings) !== optionsOf(this.#settings)
      this.#settings = settings
      this.#network.cutStreams()
      if (!isOther) return
      await this.#api.close()
      this.#api = this.#createApi()
      await this.#start()
    })
  }

  /** What there is to show now. */
  view(): Promise<PlaygroundView> {
    return this.#inTurn(async () => {
      const text = this.#texts.get(this.#tokens.at(-1)?.number ?? 0)
      const kept = text === undefined ? undefined : await this.#api.peek(text)
      const { feed } = this.#api
      return {
        settings: this.#settings,
        nowMs: this.#clock.nowMs(),
        apiNowMs: this.#apiNowMs(),
        tokens: await Promise.all(
          this.#tokens.map(async (token) => ({ ...token, inactive: await this.#inactive(token) })),
        ),
        calls: this.#calls,
        happenings: this.#log.happenings,
        kept,
        lateness: latenessOf(this.#api, kept?.active === true ? kept.usableForSeconds : 0),
        worst: latenessOf(this.#api, this.#settings.keepSeconds),
        feedKnownSeconds: feed?.knownSeconds,
        isListening: feed?.isListening === true,
      }
    })
  }

  /** Ends both parties. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#log.close()
      this.#server.close()
      await this.#api.close()
    })
  }

  #createApi(): OrdersApi {
    return createOrdersApi({
      settings: this.#settings,
      network: this.#network,
      secret: this.#settings.fault === 'secret' ? crypto.randomUUID() : this.#secrets.ordersApi,
      nowMs: () => this.#apiNowMs(),
      onEvent: (event) => this.#isStarting || this.#log.note({ side: 'api', event }),
    })
  }

  /** As a process does before it takes its first request. */
  async #start(): Promise<void> {
    this.#isStarting = true
    await this.#api.warmUp()
    this.#isStarting = false
    this.#network.cutStreams()
    this.#log.note({ side: 'page', event: { type: 'api_started' } })
  }

  #apiNowMs(): number {
    const { fault, clockMinutes } = this.#settings
    return this.#clock.nowMs() + (fault === 'clock' ? clockMinutes * 60_000 : 0)
  }

  #audience(): string {
    return this.#settings.fault === 'other-audience' ? INVOICES_API.audience : ORDERS_API.audience
  }

  async #inactive({ number, audience }: Omit<IssuedToken, 'inactive'>): Promise<string | undefined> {
    const api = audience === ORDERS_API.audience ? ORDERS_API.id : INVOICES_API.id
    return (await this.#server.explain(this.#textOf(number), api)).reason
  }

  /** Waits until the API has applied more events than before, and says how long that took. */
  async #waitUntilHeard(events: number): Promise<number | undefined> {
    const startedMs = performance.now()
    while (performance.now() - startedMs < HEARING_PATIENCE_MS) {
      if ((this.#api.feed?.events ?? 0) > events) {
        const afterMs = performance.now() - startedMs
        this.#log.note({ side: 'page', event: { type: 'heard', afterMs } })
        return afterMs
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 1)
      })
    }
    return undefined
  }

  #textOf(token: number): string {
    const text = this.#texts.get(token)
    if (text === undefined) throw new TypeError(`token: ${token} was not issued here`)
    return text
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

/** The part of the settings that the API has among its own options. */
function optionsOf({ feed, keepSeconds, fault }: Settings): string {
  const own = ['wrong-audience', 'little-scope', 'secret'].includes(fault) ? fault : 'none'
  return JSON.stringify([feed, keepSeconds, own])
}
