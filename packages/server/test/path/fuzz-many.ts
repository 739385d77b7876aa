/**
 * Sends any number of the requests of `fuzz.test.ts`: `pnpm fuzz --cases 1000000 [--seed N]`. The same seed makes the same
 * requests. At the first wrong answer the program shows the request and exits with 1.
 */
import { parseArgs } from 'node:util'
import * as fc from 'fast-check'
import { createFuzzing, DEADLINE_MS, type Fuzzing, STATUSES } from './fuzz-properties.ts'
import { type FuzzRequest, fuzzRequest } from './fuzz-requests.ts'

/** The number of requests in one batch. */
const BATCH = 1000

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
})
const cases = readCount('cases', values.cases)
const seed = readCount('seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)))

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 0) throw new TypeError(`--${name}: must be a whole number from 0`)
  return count
}

process.on('unhandledRejection', (reason) => {
  console.error(`fuzz: unhandled rejection (seed ${seed}):`, reason)
  process.exit(1)
})

function fail(complaint: string, request: FuzzRequest | undefined, sent: number): never {
  console.error(`fuzz: request ${sent} of seed ${seed}: ${complaint}`)
  console.error(request && { ...request, body: Buffer.from(request.body).toString('base64url') })
  process.exit(1)
}

async function sendAll(fuzzing: Fuzzing): Promise<number> {
  let sent = 0
  let current: FuzzRequest | undefined
  let sentBefore = -1
  // Without this timer, a request without an answer would end the program silently, or leave it hanging.
  const watch = setInterval(() => {
    if (sent === sentBefore) fail('got no answer', current, sent)
    sentBefore = sent
  }, 10 * DEADLINE_MS)
  for (let batch = 0; sent < cases; batch++) {
    const requests = fc.sample(fuzzRequest, { numRuns: Math.min(BATCH, cases - sent), seed: (seed + batch) | 0 })
    for (current of requests) {
      sent++
      const complaint = await fuzzing.send(current)
      if (complaint !== undefined) fail(complaint, current, sent)
    }
  }
  clearInterval(watch)
  return sent
}

const fuzzing = await createFuzzing()
const started = performance.now()
const sent = await sendAll(fuzzing)
const seconds = (performance.now() - started) / 1000
const histogram = [...fuzzing.statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
console.log(`fuzz: ${sent} requests in ${seconds.toFixed(1)} s, ${Math.round(sent / seconds)}/s, seed ${seed}`)
console.log(
  `statuses ${histogram.join(', ')}; ${fuzzing.active()} active; slowest ${fuzzing.slowestMs().toFixed(1)} ms`,
)
const missing = [...STATUSES].filter((status) => !fuzzing.statuses.has(status))
if (missing.length > 0 && cases >= 10_000) {
  console.error(`fuzz: no request was answered ${missing.join(', ')}`)
  process.exitCode = 1
}
