/** Thousands of hostile answers through one client, and what is left of them. */
import { fork } from 'node:child_process'
import { startHostileAuthorizationServer } from '@token-introspection/testing/hostile'
import type { SoakJob, SoakResult } from './client.ts'

/** How a run is to be. */
export type SoakOptions = Pick<SoakJob, 'faults' | 'seed'>

/** What came of a run. */
export interface SoakReport extends SoakResult {
  /** Connections the authorization server has open, once the client is closed. */
  readonly connections: number
  /** Requests that came to another origin than the one the client was told. */
  readonly strayRequests: number
  readonly requests: number
  /** What should not be. */
  readonly problems: readonly string[]
}

/** How much more the heap may hold, in octets: what differs from one collection to the next, not what a leak leaves. */
export const HEAP_GROWTH_BYTES = 5_242_880
/** The deadline of every call, and how late a timer may be on a busy machine. */
export const DEADLINE_MS = 250
export const SLACK_MS = 1000
const AT_ONCE = 32
/** Wrong decisions to show; the first ones say enough. */
const SHOWN = 10

/** Runs the load; server and client are ended in any case. */
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
    // It has said that it holds none; what it closed last may be under way.
    await waitUntil(async () => (await as.connections()) === 0)
    const report = {
      ...result,
      connections: await as.connections(),
      // One scenario leads there by metadata, which is for the issuer to say.
      strayRequests: as.strayRequests.filter(({ scenario }) => scenario !== 'metadata-endpoint-elsewhere').length,
      requests: as.requests.length,
    }
    const said = errors === '' ? [] : [`the client says: ${errors}`]
    return { ...report, problems: [...compare(report), ...said] }
  } finally {
    client.kill()
  }
}

/** What should not be, in what came of a run. */
export function compare(report: Omit<SoakReport, 'problems'>): string[] {
  const { before, after, wrong, slowestMs, connections, strayRequests } = report
  const problems = wrong.slice(0, SHOWN)
  if (slowestMs > DEADLINE_MS + SLACK_MS) problems.push(`a call took ${slowestMs.toFixed(0)} ms`)
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

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 100 && !(await isSo()); round++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
