/** A PostgreSQL server for tests. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { findFreePort } from '../../../core/test/find-free-port.ts'
import {
  findProgram,
  makeDirectory,
  reportMissing,
  runServer,
  type TestServer,
  type UserIds,
} from './server-process.ts'

/**
 * Starts a PostgreSQL server if it is installed, or uses the one at `TEST_POSTGRES_URL`.
 *
 * @param tests - the tests that need the server, for the notice.
 * @param args - further arguments, if this function starts the server. Without them, nothing is written to the disk in time.
 * @returns `undefined` when no server is available.
 */
export async function startPostgres(tests: string, ...args: string[]): Promise<TestServer | undefined> {
  const given = process.env['TEST_POSTGRES_URL']
  if (given !== undefined && args.length === 0) return { url: given, stop: () => Promise.resolve() }
  const programs = findPrograms()
  if (programs === undefined) {
    reportMissing(tests, 'PostgreSQL', 'TEST_POSTGRES_URL')
    return undefined
  }
  const user = findUnprivilegedUser()
  const directory = makeDirectory('postgres')
  chmodSync(directory, 0o700)
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  const initialize = ['--pgdata', directory, '--username', 'postgres', '--auth', 'trust', '--no-sync', '--no-locale']
  const { status, stderr } = spawnSync(programs.initdb, [...initialize, '--encoding', 'UTF8'], {
    encoding: 'utf8',
    cwd: directory,
    ...user,
  })
  if (status !== 0) throw new Error(`initdb: ${stderr}`)
  const port = await findFreePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  return await runServer(url, directory, {
    file: programs.postgres,
    args: ['-D', directory, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-c', 'fsync=off', ...args],
    user,
    // SIGQUIT ends every process of the server at once, without a shutdown.
    crashSignal: 'SIGQUIT',
    ping: () => ping(url),
  })
}

interface Programs {
  readonly initdb: string
  readonly postgres: string
}

/** Looks on the path, and where Debian installs its versions, the newest first. */
function findPrograms(): Programs | undefined {
  const versions = '/usr/lib/postgresql'
  const found = existsSync(versions) ? readdirSync(versions).toSorted((a, b) => Number(b) - Number(a)) : []
  const candidates: Partial<Programs>[] = [
    { initdb: findProgram('initdb'), postgres: findProgram('postgres') } as Partial<Programs>,
    ...found.map((version) => ({
      initdb: join(versions, version, 'bin/initdb'),
      postgres: join(versions, version, 'bin/postgres'),
    })),
  ]
  return candidates.find(
    (programs): programs is Programs =>
      programs.initdb !== undefined && programs.postgres !== undefined && existsSync(programs.initdb),
  )
}

/** A user without privileges, because PostgreSQL refuses to run as root. */
function findUnprivilegedUser(): UserIds | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }))
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  return undefined
}

async function ping(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  // `connect` rejects with the same error.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
  } finally {
    await client.end()
  }
}
