/** One authorization server and several resource servers, each in a process of its own. */
import { setTimeout as delay } from 'node:timers/promises'
import { Child } from '../../../benchmark/src/measure/child.ts'
import type { RedisPlace, ServerSettings } from './authorization-server.ts'
import type { ClientReport, ClientSettings } from './resource-server.ts'
import { findFreePort } from '../../../core/test/find-free-port.ts'

/** How to start the processes. */
export interface ClusterOptions {
  /** What is particular to each resource server. */
  readonly clients: readonly ((origin: string) => Promise<Partial<ClientSettings>> | Partial<ClientSettings>)[]
  readonly redis?: RedisPlace | undefined
}

/** No step of an incident takes that long, however busy the machine is. */
const TIMEOUT_MS = 120_000
const HOME = '../../client/test/incidents'
const TOKENS = 40

/** The processes, and what was revoked. */
export class Cluster implements AsyncDisposable {
  readonly clients: readonly Child[]
  readonly #redis: RedisPlace | undefined
  /** When each revocation was done. */
  readonly #revokedAt = new Map<string, number>()
  #server: Child
  #port = 0
  #next = 0

  private constructor({ clients, redis }: ClusterOptions) {
    this.#redis = redis
    this.#server = startServer()
    this.clients = clients.map(() => new Child(`${HOME}/resource-server.ts`))
  }

  /** Starts everything, and waits until every client follows and remembers. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options)
    cluster.#port = await findFreePort()
    await cluster.#listen()
    const settings = await Promise.all(options.clients.map(async (toSettings) => await toSettings(cluster.origin)))
    await Promise.all(
      cluster.clients.map((client, index) =>
        client.call(
          'start',
          { origin: cluster.origin, tokens: TOKEN_NAMES, ...settings[index] } satisfies ClientSettings,
          TIMEOUT_MS,
        ),
      ),
    )
    await cluster.untilAllRemember()
    return cluster
  }

  /** The origin of the authorization server. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** How many tokens were revoked. */
  get revoked(): number {
    return this.#revokedAt.size
  }

  /** Tokens that are still good. */
  get good(): readonly string[] {
    return TOKEN_NAMES.filter((token) => !this.#revokedAt.has(token))
  }

  /** Revokes a token that is still good. */
  async revoke(): Promise<string> {
    const token = TOKEN_NAMES[this.#next++] as string
    this.#revokedAt.set(token, await this.#server.call<number>('revoke', token, TIMEOUT_MS))
    return token
  }

  /** Calls a procedure of the authorization server. */
  async ask<Value>(procedure: string, argument?: unknown): Promise<Value> {
    return await this.#server.call<Value>(procedure, argument, TIMEOUT_MS)
  }

  /** Ends the authorization server at once. */
  kill(): void {
    this.#server.signal('SIGKILL')
  }

  /** Starts it again at the same port. A store in memory has lost its log, and has the good tokens. */
  async restart(): Promise<void> {
    await this.#server.end()
    this.#server = startServer()
    await this.#listen()
  }

  async reports(): Promise<ClientReport[]> {
    return await Promise.all(this.clients.map((client) => client.call<ClientReport>('report', undefined, TIMEOUT_MS)))
  }

  /** Waits until something holds for every client. It never gives up: the test has a limit. */
  async until(holds: (report: ClientReport) => boolean): Promise<void> {
    while (!(await this.reports()).every(holds)) await delay(20)
  }

  /** Waits until every client listens, and answers from memory. */
  async untilAllRemember(): Promise<void> {
    await this.until(({ isListening }) => isListening)
    const before = await this.reports()
    await Promise.all(
      before.map(async ({ accepted, misses }, index) => {
        for (;;) {
          const now = (await this.reports())[index] as ClientReport
          if (now.accepted - accepted > 20 * TOKENS && now.accepted - accepted > 2 * (now.misses - misses)) return
          await delay(20)
        }
      }),
    )
  }

  /** Waits until every client refuses every revoked token and no other, or a bound is broken. */
  async untilSettled(): Promise<void> {
    const isSettled = ({ refused }: ClientReport): boolean =>
      refused.length === this.#revokedAt.size && refused.every((token) => this.#revokedAt.has(token))
    while (!(await this.reports()).every(isSettled)) {
      if ((await this.brokenBounds()).length > 0) return
      await delay(20)
    }
  }

  /** Decisions that claim a token to be good at a moment after its revocation: none may exist. */
  async brokenBounds(): Promise<string[]> {
    const reports = await this.reports()
    return reports.flatMap(({ claims }, index) =>
      Array.from(this.#revokedAt)
        .filter(([token, revokedAt]) => (claims[token] ?? Number.NEGATIVE_INFINITY) > revokedAt)
        .map(([token, revokedAt]) => `client ${index}: ${token} by ${((claims[token] as number) - revokedAt) / 1e6} s`),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.clients) client.signal('SIGCONT')
    await Promise.all([...this.clients, this.#server].map((child) => child.end()))
  }

  async #listen(): Promise<void> {
    const settings: ServerSettings = { port: this.#port, tokens: this.good, redis: this.#redis }
    await this.#server.call('start', settings, TIMEOUT_MS)
  }
}

const TOKEN_NAMES = Array.from({ length: TOKENS }, (_, index) => `token number ${index}`)

function startServer(): Child {
  return new Child(`${HOME}/authorization-server.ts`)
}
