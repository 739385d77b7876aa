/**
 * A resource server in its own process that calls a hostile authorization server and reports the results. Run with
 * `--expose-gc`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type HostileScenario, hostileScenarios } from '@token-introspection/testing/hostile'
import { clientSecretBasic, type Guard, IntrospectionClient } from '../../src/index.ts'

/** The work to do. */
export interface SoakJob {
  readonly issuer: string
  readonly endpoint: string
  /** The issuer of each scenario with metadata. */
  readonly issuers: Readonly<Record<string, string>>
  readonly faults: number
  readonly seed: number
  readonly atOnce: number
  readonly deadlineMs: number
  /** The time on both sides. The clock stands still, so no second begins between an answer and its check. */
  readonly nowMs: number
}

/** The resources of the process. */
export interface Holdings {
  /** Handles and requests that keep the process busy, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** Octets in use after a garbage collection. */
  readonly heapBytes: number
}

/** The results. */
export interface SoakResult {
  readonly before: Holdings
  readonly after: Holdings
  /** How often each decision was made: `allowed`, or the status and the reason. */
  readonly decisions: Readonly<Record<string, number>>
  readonly slowestMs: number
  readonly totalMs: number
  /** Requests with a wrong decision, by the name of the scenario. */
  readonly wrong: readonly string[]
}

process.once('message', (job) => void answer(job as SoakJob))

async function answer(job: SoakJob): Promise<void> {
  process.send?.(await soak(job))
  process.disconnect()
}

async function soak(job: SoakJob): Promise<SoakResult> {
  // Twice each, because the memory from loading and connecting is not released at once.
  for (let round = 0; round < 2; round++) await run(job, orderOf(hostileScenarios.length * 2, job.seed + round))
  const before = await lookAtHoldings()
  const started = performance.now()
  const outcome = await run(job, orderOf(job.faults, job.seed))
  const totalMs = performance.now() - started
  return { ...outcome, before, after: await lookAtHoldings(), totalMs }
}

/** One client for answers in JSON, one for signed answers, and one for each issuer with metadata. */
function createGuards(job: SoakJob) {
  const clients = new Map<string, { readonly client: IntrospectionClient; readonly guard: Guard }>()
  function guardFor(scenario: HostileScenario): Guard {
    const name = scenario.asks === 'metadata' ? scenario.name : scenario.asks
    const known = clients.get(name)
    if (known !== undefined) return known.guard
    const client = new IntrospectionClient({
      onWarning: false,
      issuer: job.issuers[scenario.name] ?? job.issuer,
      ...(scenario.asks !== 'metadata' && { endpoint: job.endpoint }),
      ...(scenario.asks === 'jwt' && { response: { jwt: { algorithms: ['RS256'] } } }),
      clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
      now: () => job.nowMs,
      policy: { audience: 'https://api.example.com' },
      transport: { allowHttpOnLoopback: true, deadlineMs: job.deadlineMs, retry: false, circuitBreaker: false },
    })
    // Each call sends a request of its own.
    const guard = client.guard({ scope: 'orders:read', maxAgeSeconds: 0 })
    clients.set(name, { client, guard })
    return guard
  }
  return {
    guardFor,
    close: () => Promise.all(Array.from(clients.values(), ({ client }) => client.close())),
  }
}

async function run(job: SoakJob, order: HostileScenario[]) {
  const decisions: Record<string, number> = {}
  const wrong: string[] = []
  let slowestMs = 0
  const guards = createGuards(job)
  const work = async (): Promise<void> => {
    for (let scenario = order.pop(); scenario !== undefined; scenario = order.pop()) {
      const headers = { authorization: `Bearer ${scenario.token}` }
      const started = performance.now()
      const decision = await guards.guardFor(scenario)(new Request('https://api.example.com/orders', { headers }))
      slowestMs = Math.max(slowestMs, performance.now() - started)
      const what = decision.allowed ? 'allowed' : `${decision.status} ${decision.error?.code ?? decision.reason}`
      decisions[what] = (decisions[what] ?? 0) + 1
      if (!isRight(scenario, what)) wrong.push(`${scenario.name}: ${what}`)
    }
  }
  await Promise.all(Array.from({ length: job.atOnce }, work))
  await guards.close()
  return { decisions, wrong, slowestMs }
}

/**
 * A good answer may come too late on a busy machine, but it must never make the token bad. No other scenario may be
 * allowed.
 */
function isRight({ expected }: HostileScenario, what: string): boolean {
  if (expected !== 'accept') return what !== 'allowed'
  return what === 'allowed' || what === '503 ERR_TRANSPORT_TIMEOUT'
}

/** Every scenario equally often, in an order that depends only on the seed. */
function orderOf(length: number, seed: number): HostileScenario[] {
  const order = Array.from(
    { length },
    (_, index) => hostileScenarios[index % hostileScenarios.length] as HostileScenario,
  )
  let state = seed
  for (let index = order.length - 1; index > 0; index--) {
    // The linear congruential generator of Numerical Recipes.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (index + 1))
    ;[order[index], order[other]] = [order[other] as HostileScenario, order[index] as HostileScenario]
  }
  return order
}

async function lookAtHoldings(): Promise<Holdings> {
  await collectGarbage()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  return { resources, heapBytes: process.memoryUsage().heapUsed }
}

/** Collects garbage until no more is freed, because late closing frees memory in several rounds. */
async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('the client needs --expose-gc')
  let least = Number.POSITIVE_INFINITY
  for (let quiet = 0; quiet < 8; quiet++) {
    globalThis.gc()
    await sleep(25)
    const { heapUsed } = process.memoryUsage()
    if (heapUsed < least - 10_000) quiet = 0
    least = Math.min(least, heapUsed)
  }
}
