/** `pnpm soak [--seconds 30] [--each 4]`: exits with 1 when the server holds more than before the load, or answers wrongly. */
import { parseArgs } from 'node:util'
import { HEAP_GROWTH_BYTES, runSoak } from './run-soak.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { seconds: { type: 'string', default: '30' }, each: { type: 'string', default: '4' } },
})
const seconds = Number(values.seconds)
const each = Number(values.each)
if (!(seconds > 0) || !(each >= 1)) throw new TypeError('--seconds and --each: must be numbers above 0')

const { sent, before, after, settledMs, problems } = await runSoak({ seconds, each })
for (const [kind, count] of Object.entries(sent)) console.log(`${String(count).padStart(8)} ${kind}`)
const grown = after.heapBytes - before.heapBytes
console.log(`events ${JSON.stringify(after.events)}`)
console.log(`connections ${after.connections}, settled after ${settledMs.toFixed(0)} ms`)
console.log(`resources ${JSON.stringify(before.resources)} before, ${JSON.stringify(after.resources)} after`)
console.log(
  `heap ${before.heapBytes} before, ${after.heapBytes} after: ${grown} of at most ${HEAP_GROWTH_BYTES} octets`,
)
for (const problem of problems) console.error(problem)
console.log(`soak: ${problems.length} problems in ${seconds} s`)
if (problems.length > 0) process.exitCode = 1
