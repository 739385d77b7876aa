/** Real terminals in a folder of their own, with the packages of the workspace in place of those of the registry. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { Terminals } from './follow-page.ts'

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url))
const COMMAND = join(WORKSPACE, 'packages/cli/src/bin.ts')
const INSTALLED = ['docs/examples', 'packages/client'].map((folder) => join(WORKSPACE, folder, 'node_modules'))

/** Settings of the terminals. */
export interface ReaderOptions {
  /** The folder that the first commands of the page make. */
  readonly folder: string
  /** The servers, by the number of their terminals. */
  readonly servers: Readonly<Record<string, ReaderServer>>
  /** What the test puts in place of a text in programs of the page. */
  readonly replaced: Readonly<Record<string, string>>
}

/** A server that the page starts. */
export interface ReaderServer {
  /** The port that the page shows. */
  readonly shown: string
  /** The free port in its place. */
  readonly port: string
  /** What it prints when it is ready. */
  readonly says: string
}

/** The terminals, and how to close them. */
export interface ReaderTerminals extends Terminals {
  readonly close: () => Promise<void>
}

/** Opens the terminals. */
export function openTerminals({ folder, servers, replaced }: ReaderOptions): ReaderTerminals {
  const home = mkdtempSync(join(tmpdir(), 'reader-'))
  const running = new Map<string, ChildProcess>()
  const ports = Object.values(servers)
  const env = {
    PATH: [home, dirname(process.execPath), process.env['PATH']].join(delimiter),
    XDG_STATE_HOME: join(home, 'state'),
    CURL_HOME: home,
    NODE_NO_WARNINGS: '1',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  }
  writeFileSync(join(home, '.curlrc'), 'silent\n')
  writeFileSync(join(home, 'npm'), NPM, { mode: 0o755 })
  writeFileSync(join(home, 'npx'), npx(servers['1']?.port ?? ''), { mode: 0o755 })

  const toReal = (text: string): string => ports.reduce((rest, { shown, port }) => rest.replaceAll(shown, port), text)
  const toShown = (text: string): string =>
    ports.reduce((rest, { shown, port }) => rest.replaceAll(` --port ${port}`, '').replaceAll(port, shown), text)

  let place = home
  async function run(commands: string): Promise<string> {
    // One stream, so that lines are in the order in which a terminal shows them.
    const { stdout } = await promisify(execFile)('sh', ['-ec', `exec 2>&1\n${toReal(commands)}`], { cwd: place, env })
    place = join(home, folder)
    return toShown(stdout)
  }

  return {
    save(name, text) {
      const program = Object.entries(replaced).reduce((rest, [from, to]) => rest.replace(from, to), toReal(text))
      writeFileSync(join(place, name), program)
    },
    async start(terminal, commands) {
      await stop(running.get(terminal))
      // A group of its own, so that what the shell starts ends with it.
      const child = spawn('sh', ['-ec', toReal(commands)], { cwd: place, env, detached: true })
      running.set(terminal, child)
      let printed = ''
      child.stdout.on('data', (octets: Buffer) => (printed += octets.toString()))
      child.stderr.on('data', (octets: Buffer) => (printed += octets.toString()))
      const { port = '', says = '' } = servers[terminal] ?? {}
      const isReady = async (): Promise<boolean> => printed.includes(says) && (await isOpen(Number(port)))
      await expect.poll(async () => child.exitCode !== null || (await isReady())).toBe(true)
      if (child.exitCode !== null) throw new Error(`${commands} ended: ${printed}`)
      return toShown(printed)
    },
    run,
    async close() {
      for (const child of running.values()) await stop(child)
      rmSync(home, { recursive: true })
    },
  }
}

/** `npm install` links what the workspace has. */
const NPM = `#!/bin/sh
set -e
[ "$1" = install ]
shift
for name in "$@"; do
  mkdir -p "$(dirname "node_modules/$name")"
  for installed in ${INSTALLED.map((path) => `'${path}'`).join(' ')}; do
    [ ! -e "$installed/$name" ] || ln -sfn "$(readlink -f "$installed/$name")" "node_modules/$name"
  done
  [ -e "node_modules/$name" ]
done
`

/** \`npx @token-introspection/cli\` is the command of the workspace. */
function npx(port: string): string {
  return `#!/bin/sh
set -e
[ "$1" = @token-introspection/cli ]
shift
case "$1" in
  serve | issue | list | revoke) set -- "$@" --port ${port} ;;
esac
exec '${process.execPath}' '${COMMAND}' "$@"
`
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGINT')
  await ended
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return await once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy())
}
