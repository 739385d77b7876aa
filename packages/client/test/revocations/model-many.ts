/**
 * Runs any number of the histories of `model.test.ts`: `pnpm model --histories 1000000 [--seed N] [--mutation TEXT]`. The
 * same seed gives the same histories. At the first wrong decision the program shows the history, made small, and exits
 * with 1. With a mutation it says within how many histories each fault is found.
 */
import { parseArgs } from 'node:util'
import { MUTATIONS } from './mutations.ts'
import { describeFailure, findFailure } from './run-histories.ts'
import type { Parts } from './parts.ts'
import { createTally } from './tally.ts'
import { realParts } from './sound-parts.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    histories: { type: 'string', default: '1000000' },
    seed: { type: 'string' },
    mutation: { type: 'string' },
  },
})
const histories = readCount('histories', values.histories)
const seed = readCount('seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)))

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 0) throw new TypeError(`--${name}: must be a whole number from 0`)
  return count
}

/** How many histories lie between faults. */
function distances(parts: Parts): number[] {
  const found: number[] = []
  for (let from = 0; from < histories; ) {
    const failure = findFailure(parts, { seed, from, to: histories })
    if (failure === undefined) break
    found.push(failure.index + 1 - from)
    from = failure.index + 1
  }
  return found
}

function runMutations(text: string): void {
  for (const { name, parts } of MUTATIONS.filter((mutation) => mutation.name.includes(text))) {
    const found = distances(parts)
    console.log(`${name}: first ${found[0] ?? 'never'}, ${found.length} of ${histories}, longest ${Math.max(...found)}`)
  }
}

function runAll(): void {
  const tally = createTally()
  const before = process.cpuUsage()
  const failure = findFailure(realParts(), { seed, from: 0, to: histories }, tally)
  if (failure !== undefined) {
    console.error(`model: ${describeFailure(failure, realParts())}`)
    process.exitCode = 1
    return
  }
  const { user, system } = process.cpuUsage(before)
  const seconds = (user + system) / 1e6
  console.log(`model: ${histories} histories in ${seconds.toFixed(1)} s of CPU, seed ${seed}`, tally)
}

if (values.mutation === undefined) runAll()
else runMutations(values.mutation)
