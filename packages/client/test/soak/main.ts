/**
 * `pnpm soak:client [--faults 10000] [--seed 1]`: exits with 1 when the client accepts a bad answer or leaks resources.
 */
import { parseArgs } from 'node:util'
import { compareTime, HEAP_GROWTH_BYTES, runSoak } from './run-soak.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { faults: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
})
const faults = Number(values.faults)
const seed = Number(values.seed)
if (!(faults >= 1) || !Number.isInteger(seed)) throw new TypeError('--faults and --seed: must be whole numbers above 0')

const report = await runSoak({ faults, seed })
const { decisions, before, after } = report
const problems = [...report.problems, ...compareTime(report)]
for (const [what, count] of Object.entries(decisions).toSorted(([one], [other]) => one.localeCompare(other)))
  console.log(`${String(count).padStart(8)} ${what}`)
console.log(
  `${faults} faults in ${(report.totalMs / 1000).toFixed(1)} s, the slowest call ${report.slowestMs.toFixed(0)} ms`,
)
console.log(`connections ${report.connections}, requests to another origin ${report.strayRequests}`)
console.log(`resources ${JSON.stringify(before.resources)} before, ${JSON.stringify(after.resources)} after`)
const grown = after.heapBytes - before.heapBytes
console.log(
  `heap ${before.heapBytes} before, ${after.heapBytes} after: ${grown} of at most ${HEAP_GROWTH_BYTES} octets`,
)
for (const problem of problems) console.error(problem)
console.log(`soak: ${problems.length} problems with seed ${seed}`)
if (problems.length > 0) process.exitCode = 1
