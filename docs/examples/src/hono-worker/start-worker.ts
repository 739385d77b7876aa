/** Bundles the worker and starts it in workerd, the runtime of Workers. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from '../checks/bundle.ts'

/** A running worker. */
export interface StartedWorker {
  stop(): Promise<void>
}

/** Starts the worker on a port of loopback, with its bindings in the environment. */
export async function startWorker(port: number, bindings: Readonly<Record<string, string>>): Promise<StartedWorker> {
  const directory = mkdtempSync(join(tmpdir(), 'worker-'))
  const conditions = ['workerd', 'worker']
  const script = await bundle(new URL('worker.ts', import.meta.url), 'worker', { target: 'es2024', conditions })
  copyFileSync(script, join(directory, 'worker.js'))
  rmSync(script)
  copyFileSync(new URL('config.capnp', import.meta.url), join(directory, 'config.capnp'))
  const binary = fileURLToPath(new URL('../../node_modules/.bin/workerd', import.meta.url))
  const args = ['serve', 'config.capnp', '--socket-addr', `http=127.0.0.1:${port}`]
  // A process group, because the command starts the runtime as a process of its own.
  const worker = spawn(binary, args, {
    cwd: directory,
    detached: true,
    env: { ...process.env, ...bindings },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(worker, 'exit')
  const kill = (): void => {
    if (worker.pid !== undefined && worker.exitCode === null) process.kill(-worker.pid, 'SIGKILL')
  }
  process.once('exit', kill)
  return {
    async stop() {
      kill()
      await ended
      process.off('exit', kill)
      rmSync(directory, { recursive: true })
    },
  }
}
