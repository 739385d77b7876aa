/** A database server for one test file. It can crash and restart, and stops with the tests. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A server for tests. */
export interface TestServer {
  readonly url: string
  /** Ends the server at once, like a crash. Only if the test started the server itself. */
  readonly crash?: () => Promise<void>
  /** Starts the server again with its data. Only if the test started the server itself. */
  readonly restart?: () => Promise<void>
  /** Stops the server and removes its data, if the test started it. */
  stop(): Promise<void>
}

/** How to run a server. */
export interface ServerCommand {
  readonly file: string
  readonly args: readonly string[]
  /** The user that runs it. Default: the current user. */
  readonly user?: UserIds | undefined
  /** The signal that ends all its processes at once. */
  readonly crashSignal: NodeJS.Signals
  /** Rejects until the server answers. */
  readonly ping: () => Promise<unknown>
}

/** The numeric identifiers of a user. */
export interface UserIds {
  readonly uid: number
  readonly gid: number
}

const START_TIMEOUT_MS = 30_000

/** Runs a server. Resolves when the server is ready. */
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

/** The path of a program, or `undefined` when it is not installed. */
export function findProgram(name: string): string | undefined {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** Creates a directory for a server. */
export function makeDirectory(name: string): string {
  return mkdtempSync(join(tmpdir(), `${name}-`))
}

/**
 * Reports once which tests do not run, and how to make them run.
 *
 * @throws Error when `CI_REQUIRE_SERVERS` is 1.
 */
export function reportMissing(tests: string, program: string, variable?: string): void {
  if (process.env['CI_REQUIRE_SERVERS'] === '1') throw new Error(noticeOf(tests, program, variable))
  reportOptional(tests, program, variable)
}

/** The same for a program that not every distribution has, so that CI goes on without it. */
export function reportOptional(tests: string, program: string, variable?: string): void {
  console.warn(noticeOf(tests, program, variable))
}

function noticeOf(tests: string, program: string, variable: string | undefined): string {
  const otherwise = variable === undefined ? '' : `, or set ${variable} to the URL of a server that the tests may fill`
  return `${tests} did not run: install ${program}${otherwise}`
}

/**
 * A shell script that runs a program and ends it when the pipe to this process closes. The pipe also closes when a test run is
 * aborted, so no server is left behind.
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
