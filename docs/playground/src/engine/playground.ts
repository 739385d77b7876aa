/** The engine of the playground: both parties, the clock, and what happened so far. It knows nothing about the page. */
import type { ExplainedStep, IntrospectionClientEvent } from '@token-introspection/client'
import { type AuthorizationServer, createAuthorizationServer, type ServerEvent } from './authorization-server.ts'
import { createMemoryNetwork, type Exchange, type MemoryNetwork } from './memory-network.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { createOrdersApi, type KeptAnswer, type OrdersApi } from './orders-api.ts'
import { ENDPOINTS, INVOICES_API, ISSUER, ORDERS_API, SCOPES, WEB_SHOP } from './parties.ts'
import type { Settings } from './settings.ts'

/** What a person did. */
export type OwnEvent =
  | { readonly type: 'issued'; readonly token: number }
  | { readonly type: 'moved'; readonly seconds: number }
  | { readonly type: 'api_started' }
  | { readonly type: 'revocation_failed'; readonly token: number }
  | { readonly type: 'heard'; readonly afterMs: number }

/** Something that happened, and on which side. */
export type Happening = { readonly id: number; readonly atMs: number } & (
  | { readonly side: 'server'; readonly event: ServerEvent }
  | { readonly side: 'api'; readonly event: IntrospectionClientEvent }
  | { readonly side: 'page'; readonly event: OwnEvent }
)

/** A token, without its text. */
export interface IssuedToken {
  readonly number: number
  readonly audience: string
  readonly scope: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly revokedAtMs: number | undefined
  /** The reason for which the authorization server says that the token is inactive; `undefined` while it is active. */
  readonly inactive: string | undefined
}

/** One call of the API. */
export interface CallReport {
  readonly id: number
  readonly token: number
  readonly atMs: number
  readonly allowed: boolean
  /** Whether the token was revoked before the call. */
  readonly isRevoked: boolean
  /** The status that the caller of the API gets. */
  readonly status: number
  /** Why the guard refuses. */
  readonly reason: string | undefined
  readonly detail: string | undefined
  /** The challenge in the response. */
  readonly challenge: string | undefined
  readonly steps: readonly ExplainedStep[]
  readonly exchange: Exchange | undefined
  /** As the decision states it. */
  readonly liveness:
    | { readonly source: string; readonly ageSeconds: number; readonly boundSeconds: number; readonly bound: string }
    | undefined
}

/** What a revocation did. */
export interface RevocationReport {
  readonly isRevoked: boolean
  /** Milliseconds until the API had heard of it by the feed; `undefined` when it does not listen. */
  readonly heardAfterMs: number | undefined
}

/** How late the API can notice a revocation that happens now. */
export interface Lateness {
  readonly seconds: number
  /** `asks`: the next call asks. `feed`: the lease of the feed bounds it. `age`: the age of the kept answer bounds it. */
  readonly by: 'asks' | 'feed' | 'age'
}

/** Everything that the page shows. */
export interface PlaygroundView {
  readonly settings: Settings
  readonly nowMs: number
  readonly apiNowMs: number
  readonly tokens: readonly IssuedToken[]
  readonly calls: readonly CallReport[]
  readonly happenings: readonly Happening[]
  /** The answer about the newest token that the API would use again. */
  readonly kept: KeptAnswer | undefined
  /** For a revocation that happens now. */
  readonly lateness: Lateness
  /** For a revocation that happens just after the API has asked. */
  readonly worst: Lateness
  /** Seconds since the moment as of which the API knows every revocation; `undefined` without the feed. */
  readonly feedKnownSeconds: number | undefined
  readonly isListening: boolean
}

/** The lifetime of every token, in seconds. */
export const LIFETIME_SECONDS = 3600
const MOST_TOKENS = 5
const MOST_CALLS = 30
const MOST_HAPPENINGS = 200
const HEARING_PATIENCE_MS = 1000

/** Both parties. Actions run one after the other. */
export class Playground {
  readonly #clock: MovableClock
  readonly #secrets = { ordersApi: crypto.randomUUID(), webShop: crypto.randomUUID() }
  readonly #server: AuthorizationServer
  readonly #network: MemoryNetwork
  readonly #texts = new Map<number, string>()
  readonly #listeners = new Set<() => void>()
  #settings: Settings
  #api: OrdersApi
  #tokens: Omit<IssuedToken, 'inactive'>[] = []
  #calls: CallReport[] = []
  #happenings: Happening[] = []
  #count = 0
  #isStarting = true
  #last: Promise<unknown> = Promise.resolve()

  constructor(settings: Settings, systemMs: () => number = Date.now) {
    this.#settings = settings
    this.#clock = createMovableClock(systemMs)
    this.#server = createAuthorizationServer({
      secrets: this.#secrets,
      nowMs: this.#clock.nowMs,
      onEvent: (event) => this.#isStarting || this.#note({ side: 'server', event }),
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
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
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
      this.#note({ side: 'page', event: { type: 'issued', token: number } })
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
      if (!(await this.#sendRevocation(this.#textOf(token)))) {
        this.#note({ side: 'page', event: { type: 'revocation_failed', token } })
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
      this.#note({ side: 'page', event: { type: 'moved', seconds } })
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
        happenings: this.#happenings,
        kept,
        lateness: this.#lateness(kept?.active === true ? kept.usableForSeconds : 0),
        worst: this.#lateness(this.#settings.keepSeconds),
        feedKnownSeconds: feed?.knownSeconds,
        isListening: feed?.isListening === true,
      }
    })
  }

  /** Ends both parties. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#listeners.clear()
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
      onEvent: (event) => this.#isStarting || this.#note({ side: 'api', event }),
    })
  }

  /** As a process does before it takes its first request. */
  async #start(): Promise<void> {
    this.#isStarting = true
    await this.#api.warmUp()
    this.#isStarting = false
    this.#network.cutStreams()
    this.#note({ side: 'page', event: { type: 'api_started' } })
  }

  #apiNowMs(): number {
    const { fault, clockMinutes } = this.#settings
    return this.#clock.nowMs() + (fault === 'clock' ? clockMinutes * 60_000 : 0)
  }

  #audience(): string {
    return this.#settings.fault === 'other-audience' ? INVOICES_API.audience : ORDERS_API.audience
  }

  #lateness(usableForSeconds: number): Lateness {
    if (usableForSeconds === 0) return { seconds: 0, by: 'asks' }
    const { leaseSeconds, feed } = this.#api
    return feed !== undefined && leaseSeconds < usableForSeconds
      ? { seconds: leaseSeconds, by: 'feed' }
      : { seconds: usableForSeconds, by: 'age' }
  }

  async #inactive({ number, audience }: Omit<IssuedToken, 'inactive'>): Promise<string | undefined> {
    const api = audience === ORDERS_API.audience ? ORDERS_API.id : INVOICES_API.id
    return (await this.#server.explain(this.#textOf(number), api)).reason
  }

  async #sendRevocation(token: string): Promise<boolean> {
    const authorization = `Basic ${btoa(`${WEB_SHOP}:${this.#secrets.webShop}`)}`
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams({ token }).toString()
    try {
      return (await this.#network.fetch(ENDPOINTS.revocation, { method: 'POST', headers, body })).ok
    } catch {
      return false
    }
  }

  /** Waits until the API has applied more events than before, and says how long that took. */
  async #waitUntilHeard(events: number): Promise<number | undefined> {
    const startedMs = performance.now()
    while (performance.now() - startedMs < HEARING_PATIENCE_MS) {
      if ((this.#api.feed?.events ?? 0) > events) {
        const afterMs = performance.now() - startedMs
        this.#note({ side: 'page', event: { type: 'heard', afterMs } })
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

  #note(happening: DistributedOmit<Happening, 'id' | 'atMs'>): void {
    const id = (this.#happenings.at(-1)?.id ?? 0) + 1
    this.#happenings = [...this.#happenings, { ...happening, id, atMs: this.#clock.nowMs() }].slice(-MOST_HAPPENINGS)
    for (const listener of this.#listeners) listener()
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

type DistributedOmit<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never

/** The part of the settings that the API has among its own options. */
function optionsOf({ feed, keepSeconds, fault }: Settings): string {
  const own = ['wrong-audience', 'little-scope', 'secret'].includes(fault) ? fault : 'none'
  return JSON.stringify([feed, keepSeconds, own])
}
