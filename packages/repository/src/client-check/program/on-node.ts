/** Runs the cases on Node. The first argument is the input. */
import { NODE_CASES } from './node-cases.ts'
import { runSmokeCases } from './run-smoke-cases.ts'
import { SMOKE_CASES } from './smoke-cases.ts'
import { STREAM_CASES } from './stream-cases.ts'
import type { SmokeInput } from './smoke-input.ts'

const input = JSON.parse(process.argv[2] ?? '') as SmokeInput
const newer = input.titles.some((title) => title.includes('await using')) ? await import('./await-using.ts') : undefined
await runSmokeCases({ ...SMOKE_CASES, ...STREAM_CASES, ...NODE_CASES, ...newer?.AWAIT_USING_CASES }, input, console.log)
