/** Runs good and bad senders against a server for a while, and compares what the server holds before and after. */
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { SENDERS } from './senders.ts'
import type { Holdings, ServerMessage } from './server.ts'

/** The settings of a run. */
export interface SoakOptions {
  readonly seconds: number
  /** The number of senders of each kind that run at the same time. */
  readonly each: number
}

/** The outcome of a run. */
export interface SoakReport {
  /** How often the senders of each kind finished. */
  readonly sent: Readonly<Record<string, number>>
  readonly before: Holdings
  readonly after: Holdings
  /** Milliseconds from the end of the senders until the server closed its last connection. */
  readonly settledMs: number
  /** Descriptions of everything that is wrong. */
  readonly problems: readonly string[]
}

/** The allowed growth of the heap, in octets: the usual difference between two collections. A leak leaves more. */
export const HEAP_GROWTH_BYTES = 2_097_152

/** Seconds to compile code and create buffers before the first measurement. */
const WARM_UP_SECONDS = 1
/** Milliseconds to wait for connections of senders that were answered early. */
const SETTLE_MS = 5000
/** The number of wrong answers to show. */
const SHOWN_PROBLEMS = 10

/** Runs the load. Ends the server in any case. */
export async function runSoak({ seconds, each }: SoakOptions): Promise<SoakReport> {
  const problems: string[] = []
  const server = fork(new URL('server.ts', import.meta.url), {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let errors = ''
  server.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  try {
    const { port } = (await hear(server)) as { port: number }
    // Two rounds, because the garbage from loading the program is not freed at once.
    await sendAll(port, WARM_UP_SECONDS, each, problems)
    await settle(server)
    await sendAll(port, WARM_UP_SECONDS, each, problems)
    const { holdings: before } = await settle(server)
    const sent = await sendAll(port, seconds, each, problems)
    const { holdings: after, settledMs } = await settle(server)
    const answers = problems.slice(0, SHOWN_PROBLEMS)
    const said = errors === '' ? [] : [`the server says: ${errors}`]
    return { sent, before, after, settledMs, problems: [...compare(before, after), ...said, ...answers] }
  } catch (cause) {
    throw new Error(`the soak did not finish; the server says: ${errors}`, { cause })
  } finally {
    server.kill()
  }
}

async function sendAll(
  port: number,
  seconds: number,
  each: number,
  problems: string[],
): Promise<Record<string, number>> {
  const deadline = performance.now() + seconds * 1000
  const sent: Record<string, number> = {}
  const kinds = Object.entries(SENDERS).flatMap((entry) => Array.from({ length: each }, () => entry))
  await Promise.all(
    kinds.map(async ([kind, send]) => {
      while (performance.now() < deadline) {
        try {
          await send(port)
          sent[kind] = (sent[kind] ?? 0) + 1
        } catch (error) {
          problems.push(`${kind}: ${(error as Error).message}`)
        }
      }
    }),
  )
  return sent
}

/** What the server holds after its last connection closed, or after the longest wait. */
async function settle(server: ChildProcess): Promise<{ holdings: Holdings; settledMs: number }> {
  const started = performance.now()
  for (;;) {
    const holdings = await ask(server)
    const settledMs = performance.now() - started
    if (holdings.connections === 0 || settledMs > SETTLE_MS) return { holdings, settledMs }
    await sleep(50)
  }
}

async function ask(server: ChildProcess): Promise<Holdings> {
  server.send('look')
  return (await hear(server)) as Holdings
}

/** The next message of the server. Rejects when the server has ended. */
function hear(server: ChildProcess): Promise<ServerMessage> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      server.off('close', onClose)
      resolve(message as ServerMessage)
    }
    const onClose = (): void => {
      server.off('message', onMessage)
      reject(new Error('the server has ended'))
    }
    if (server.connected) server.once('message', onMessage).once('close', onClose)
    else onClose()
  })
}

/** Lists what the server holds now and did not hold before. */
export function compare(before: Holdings, after: Holdings): string[] {
  const problems: string[] = []
  if (after.connections > 0) problems.push(`${after.connections} connections are open`)
  for (const [kind, count] of Object.entries(after.resources)) {
    const had = before.resources[kind] ?? 0
    if (count > had) problems.push(`${count} of ${kind}, and ${had} before`)
  }
  const grown = after.heapBytes - before.heapBytes
  if (grown > HEAP_GROWTH_BYTES) problems.push(`the heap has grown by ${grown} octets`)
  const unexpected = Object.keys(after.events).filter((kind) => kind.startsWith('unexpected'))
  for (const kind of unexpected) problems.push(`${after.events[kind]} events ${kind}`)
  return problems
}
