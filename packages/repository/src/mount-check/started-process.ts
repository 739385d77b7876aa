/** A server in its own process, which is stopped together with every process it has started. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that listens. */
export interface StartedProcess {
  /** Its output and error output so far. */
  output(): string
  /** Ends it and every process it has started, and waits for that. */
  stop(): Promise<void>
}

const START_MS = 30_000

/**
 * Starts a server and waits until its port takes connections.
 *
 * @throws Error with its output when it ends or does not listen in time.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  cwd: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<StartedProcess> {
  // It gets its own process group, so that the processes it starts can be ended with it.
  const child = spawn(command, args, {
    cwd,
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', (error) => {
      output += error.message
      resolve()
    })
  })
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
  process.once('exit', kill)
  const stop = async (): Promise<void> => {
    kill()
    await ended
    process.off('exit', kill)
  }
  const listening = waitForPort(port, () => child.exitCode !== null || child.signalCode !== null)
  if (await Promise.race([listening, ended.then(() => false)])) return { output: () => output, stop }
  await stop()
  throw new Error(`${command} ${args.join(' ')} does not listen:\n${output}`)
}

async function waitForPort(port: number, isOver: () => boolean): Promise<boolean> {
  const deadline = performance.now() + START_MS
  while (performance.now() < deadline && !isOver()) {
    const socket = connect(port, '127.0.0.1')
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (connected) return true
    await sleep(50)
  }
  return false
}
