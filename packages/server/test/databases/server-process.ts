/** A database server that a test file runs for itself: started, killed, started again, and gone with the tests. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A server to test against. */
export interface TestServer {
  readonly url: string
  /** Only of a server of our own: ends it at once, as a crash does. */
  readonly crash?: () => Promise<void>
  /** Only of a server of our own: starts it again, with what it had on disk. */
  readonly restart?: () => Promise<void>
  /** Ends a server of our own, and removes what it had on disk. */
  stop(): Promise<void>
}

/** How a server of our own is run. */
export interface ServerCommand {
  readonly file: string
  readonly args: readonly string[]
  /** Whom it runs as, when not as we do. */
  readonly user?: UserIds | undefined
  /** What ends it at once and leaves no process behind. */
  readonly crashSignal: NodeJS.Signals
  /** Rejects until the server answers. */
  readonly ping: () => Promise<unknown>
}

/** A user by its numbers. */
export interface UserIds {
  readonly uid: number
  readonly gid: number
}

const START_TIMEOUT_MS = 30_000

/** Runs a server; it is ready when this fulfils. */
export async function runServer(url: string, directory: string, command: ServerCommand): Promise<TestServer> {
  let child = await start(command)
  return {
    url,
    crash: () => endServer(child),
    async restart() {
      child = await start(command)
    },
    async stop() {
      await endServer(child)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The path of a program, or nothing when it is not on this computer. */
export function findProgram(name: string): string | undefined {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** A directory of its own for a server. */
export function makeDirectory(name: string): string {
  return mkdtempSync(join(tmpdir(), `${name}-`))
}

/** A port nobody listens on. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/**
 * Says once which tests do not run, and how to have them run. Where servers have to be there, it is a failure.
 *
 * @throws Error when `CI_REQUIRE_SERVERS` is 1.
 */
export function reportMissing(tests: string, program: string, variable: string): void {
  const notice = `${tests} did not run: install ${program}, or set ${variable} to the URL of a server they may fill`
  if (process.env['CI_REQUIRE_SERVERS'] === '1') throw new Error(notice)
  console.warn(notice)
}

/**
 * Runs a program and ends it when our end of the pipe is closed, which happens whatever becomes of us: a test run that is
 * cut short leaves no server behind.
 */
const RUN = `exec 3<&0; signal=$1; shift
"$@" & server=$!
{ cat <&3 >/dev/null; kill -s "$signal" "$server"; } 2>/dev/null &
wait "$server"`

async function start({ file, args, user, crashSignal, ping }: ServerCommand): Promise<ChildProcess> {
  let output = ''
  const signal = crashSignal.slice('SIG'.length)
  const child = spawn('sh', ['-c', RUN, 'sh', signal, file, ...args], { stdio: ['pipe', 'pipe', 'pipe'], ...user })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const until = Date.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      await ping()
      return child
    } catch (cause) {
      if (child.exitCode === null && Date.now() < until) {
        await delay(50)
        continue
      }
      await endServer(child)
      throw new Error(`${file} did not start: ${output}`, { cause })
    }
  }
}

async function endServer(child: ChildProcess): Promise<void> {
  const isGone = child.exitCode !== null || child.signalCode !== null
  const gone = isGone ? undefined : new Promise((resolve) => child.once('exit', resolve))
  child.stdin?.end()
  await gone
}
