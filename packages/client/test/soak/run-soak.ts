/** Runs thousands of hostile answers through one client, and checks what it leaves behind. */
import { fork } from 'node:child_process'
import { startHostileAuthorizationServer } from '@token-introspection/testing/hostile'
import type { SoakJob, SoakResult } from './client.ts'

/** The options of a run. */
export type SoakOptions = Pick<SoakJob, 'faults' | 'seed'>

/** The results of a run. */
export interface SoakReport extends SoakResult {
  /** Open connections at the authorization server after the client is closed. */
  readonly connections: number
  /** Requests to an origin that the client must not call. */
  readonly strayRequests: number
  readonly requests: number
  /** The problems that were found. */
  readonly problems: readonly string[]
}

/** How much the heap may grow, in octets. This covers the difference between two collections, not a leak. */
export const HEAP_GROWTH_BYTES = 5_242_880
/** The deadline of every call, and how late a timer may fire on a busy machine. */
export const DEADLINE_MS = 250
export const SLACK_MS = 1000
const AT_ONCE = 32
/** How many wrong decisions to report. */
const SHOWN = 10

/** Runs the load. Server and client end in every case. */
export async function runSoak({ faults, seed }: SoakOptions): Promise<SoakReport> {
  const nowMs = Date.now()
  await using as = await startHostileAuthorizationServer({ now: () => nowMs })
  const client = fork(new URL('client.ts', import.meta.url), {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let errors = ''
  client.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  try {
    const { issuer, endpoint } = as
    const issuers = Object.fromEntries(as.scenarios.map((scenario) => [scenario.name, as.issuerOf(scenario)]))
    const limits = { atOnce: AT_ONCE, deadlineMs: DEADLINE_MS }
    client.send({ issuer, endpoint, issuers, faults, seed, nowMs, ...limits } satisfies SoakJob)
    const result = await new Promise<SoakResult>((resolve, reject) => {
      client.once('message', (message) => resolve(message as SoakResult))
      client.once('close', () => reject(new Error(`the client has ended: ${errors}`)))
    })
    // The client says that it has no connections. The last ones may still be closing.
    await waitUntil(async () => (await as.connections()) === 0)
    const report = {
      ...result,
      connections: await as.connections(),
      // The metadata of one scenario name this origin, which the issuer may do.
      strayRequests: as.strayRequests.filter(({ scenario }) => scenario !== 'metadata-endpoint-elsewhere').length,
      requests: as.requests.length,
    }
    const said = errors === '' ? [] : [`the client says: ${errors}`]
    return { ...report, problems: [...compare(report), ...said] }
  } finally {
    client.kill()
  }
}

/** The problems in the results of a run, on any busy machine. */
export function compare(report: Omit<SoakReport, 'problems'>): string[] {
  const { before, after, wrong, connections, strayRequests } = report
  const problems = wrong.slice(0, SHOWN)
  if (connections > 0) problems.push(`${connections} connections are open`)
  if (strayRequests > 0) problems.push(`${strayRequests} requests went to another origin`)
  for (const [kind, count] of Object.entries(after.resources)) {
    const had = before.resources[kind] ?? 0
    if (count > had || kind.includes('TCP')) problems.push(`${count} of ${kind}, and ${had} before`)
  }
  const grown = after.heapBytes - before.heapBytes
  if (grown > HEAP_GROWTH_BYTES) problems.push(`the heap has grown by ${grown} octets`)
  return problems
}

/** The call that took longer than its deadline, for a machine that does nothing else. */
export function compareTime({ slowestMs }: Pick<SoakReport, 'slowestMs'>): string[] {
  return slowestMs > DEADLINE_MS + SLACK_MS ? [`a call took ${slowestMs.toFixed(0)} ms`] : []
}

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 100 && !(await isSo()); round++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
