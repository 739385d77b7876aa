/** Runs the cases in a process. The process must end by itself after the last outcome. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { compareOutcomes } from './compare-outcomes.ts'
import { expectedOn, type RuntimeKind } from './expected-outcomes.ts'
import type { SmokeServer } from './smoke-server.ts'

/** A runtime that runs programs. */
export interface ProcessRuntime {
  readonly kind: RuntimeKind
  /** The program that runs programs. */
  readonly command: string
  /** The arguments before the input. */
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

const RUN_MS = 30_000
/** On some runtimes the timer of the last call's deadline keeps the process alive: 2 seconds by default. */
const LINGER_MS = 3000

/** Runs the cases, and reports every fault. */
export async function askFromProcess(
  { kind, command, args, environment }: ProcessRuntime,
  directory: string,
  { input }: SmokeServer,
): Promise<string[]> {
  const expected = expectedOn(kind)
  const titles = expected.map(({ title }) => title)
  const child = spawn(command, [...args, JSON.stringify({ ...input, titles })], {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MS,
    killSignal: 'SIGKILL',
  })
  let output = ''
  let complaints = ''
  let toldAt = performance.now()
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    toldAt = performance.now()
  })
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null]
  const lingeredMs = performance.now() - toldAt
  return [
    ...compareOutcomes(output, expected),
    ...(status === 0 ? [] : [`ends with ${signal ?? status}`]),
    ...(lingeredMs > LINGER_MS ? [`still runs ${Math.round(lingeredMs)} ms after the last case`] : []),
    ...(complaints.trim() === '' ? [] : [`writes ${complaints.trim()}`]),
  ]
}
