/** A server of Redis or Valkey for tests. */
import { Redis } from 'ioredis'
import { findFreePort } from '../../../core/test/find-free-port.ts'
import {
  findProgram,
  makeDirectory,
  reportMissing,
  reportOptional,
  runServer,
  type TestServer,
} from './server-process.ts'

/**
 * Starts a Redis server if `redis-server` is installed, or uses the one at `TEST_REDIS_URL`.
 *
 * @param tests - the tests that need the server, for the notice.
 * @param args - further arguments, if this function starts the server.
 * @returns `undefined` when no server is available.
 */
export async function startRedis(tests: string, ...args: string[]): Promise<TestServer | undefined> {
  return await start('redis-server', 'TEST_REDIS_URL', args, (...missing) => reportMissing(tests, ...missing))
}

/** The same for Valkey, with `valkey-server` and `TEST_VALKEY_URL`. CI goes on without it. */
export async function startValkey(tests: string): Promise<TestServer | undefined> {
  return await start('valkey-server', 'TEST_VALKEY_URL', [], (...missing) => reportOptional(tests, ...missing))
}

async function start(
  program: string,
  variable: string,
  args: readonly string[],
  report: (program: string, variable: string) => void,
): Promise<TestServer | undefined> {
  const given = process.env[variable]
  if (given !== undefined && args.length === 0) return { url: given, stop: () => Promise.resolve() }
  const file = findProgram(program)
  if (file === undefined) {
    report(program, variable)
    return undefined
  }
  const directory = makeDirectory('redis')
  const port = await findFreePort()
  const url = `redis://127.0.0.1:${port}`
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'yes']
  return await runServer(url, directory, {
    file,
    args: [...own, '--appendfsync', 'always', ...args],
    crashSignal: 'SIGKILL',
    ping: () => ping(url),
  })
}

async function ping(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  // `connect` rejects with the same error.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.ping()
  } finally {
    client.disconnect()
  }
}
