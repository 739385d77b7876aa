/** Runs the cases in a process without undici. The first argument is the input. */
import { AWAIT_USING_CASES } from './await-using.ts'
import { FETCH_CASES } from './fetch-cases.ts'
import { runSmokeCases } from './run-smoke-cases.ts'
import { SMOKE_CASES } from './smoke-cases.ts'
import { STREAM_CASES } from './stream-cases.ts'
import type { SmokeInput } from './smoke-input.ts'

const input = JSON.parse(process.argv[2] ?? '') as SmokeInput
await runSmokeCases({ ...SMOKE_CASES, ...STREAM_CASES, ...FETCH_CASES, ...AWAIT_USING_CASES }, input, console.log)
