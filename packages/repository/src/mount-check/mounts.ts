/** The runtimes and frameworks that the guide has a program for, and how each is started. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { askFromProcess, type ProcessRuntime } from '../client-check/ask-from-process.ts'
import { askFromWorker } from '../client-check/ask-from-worker.ts'
import type { SmokeServer } from '../client-check/smoke-server.ts'
import { mustRun } from '../pack-check/run-command.ts'
import { ENDPOINT_MODULE } from './endpoint.ts'
import { guideProgram } from './guide-program.ts'
import type { Expected } from './http-cases.ts'

/** One runtime or framework to mount the handler in. */
export interface Mount {
  readonly name: string
  /** The other packages it needs, with versions. */
  readonly packages: readonly string[]
  /** The path of the server program in the project. */
  readonly binary: string
  readonly environment?: Readonly<Record<string, string>>
  /** Writes the project, and builds it where necessary. */
  prepare(directory: string, port: number): void
  /** The arguments of the program. */
  args(port: number): readonly string[]
  /** Answers that the runtime gives before it calls the handler, by the title of the case. */
  readonly exceptions?: Readonly<Record<string, Expected>>
  /** Whether the program of the guide also serves the feed of revocations. */
  readonly hasFeed?: boolean
  /** Runs the cases of the client in the project, and reports every fault. Frameworks on Node leave it out. */
  readonly ask?: (directory: string, server: SmokeServer) => Promise<string[]>
}

const BINARIES = { x64: 'linux-x64', arm64: 'linux-arm64' } as const
const platform = BINARIES[process.arch as keyof typeof BINARIES] ?? 'unknown'
const inBun = platform === 'linux-arm64' ? 'bun-linux-aarch64' : 'bun-linux-x64'
const inWorkerd = platform === 'linux-arm64' ? 'workerd-linux-arm64' : 'workerd-linux-64'

/**
 * Next has answers of its own to methods a route does not export: no body, and OPTIONS says which there are. Of two
 * `Authorization` fields it hands on the first alone.
 */
const NEXT_ANSWERS: Readonly<Record<string, Expected>> = {
  'two Authorization fields': { status: 200, body: { active: true } },
  'a wrong Authorization field after the right one': { status: 200, body: { active: true } },
  GET: { status: 405, body: '' },
  PUT: { status: 405, body: '' },
  HEAD: { status: 405, body: '' },
  OPTIONS: { status: 204, headers: { allow: 'OPTIONS, POST' }, body: '' },
}

const next: Mount = {
  name: 'Next 16.4.6, app router',
  packages: ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'],
  binary: 'node_modules/next/dist/bin/next',
  environment: { NEXT_TELEMETRY_DISABLED: '1' },
  prepare(directory) {
    write(directory, 'endpoint.js', ENDPOINT_MODULE)
    write(directory, 'app/introspect/route.js', guideProgram('Next', '../../endpoint.js'))
    mustRun(process.execPath, [join(directory, this.binary), 'build'], directory)
  },
  args: (port) => ['start', '-H', '127.0.0.1', '-p', String(port)],
  exceptions: NEXT_ANSWERS,
}

const bun: Mount = {
  name: 'Bun 1.4.5',
  packages: ['bun@1.4.5'],
  binary: `node_modules/@oven/${inBun}/bin/bun`,
  prepare(directory, port) {
    write(directory, 'endpoint.js', ENDPOINT_MODULE)
    write(directory, 'routes.js', guideProgram('Bun', './endpoint.js'))
    const serve = `Bun.serve({ hostname: '127.0.0.1', port: ${port}, routes })`
    write(directory, 'main.js', `import { routes } from './routes.js'\n${serve}\n`)
  },
  args: () => ['main.js'],
  hasFeed: true,
  ask: (directory, server) => askFrom(bun, { kind: 'bun', args: ['program/on-fetch.ts'] }, directory, server),
}

const deno: Mount = {
  name: 'Deno 2.9.6',
  packages: ['deno@2.9.6'],
  binary: `node_modules/@deno/${platform}-glibc/deno`,
  environment: { DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
  prepare(directory) {
    write(directory, 'endpoint.js', ENDPOINT_MODULE)
    write(directory, 'main.js', guideProgram('Deno', './endpoint.js'))
  },
  args: (port) => ['serve', '--no-prompt', '--no-remote', '--host', '127.0.0.1', '--port', String(port), 'main.js'],
  hasFeed: true,
  ask: (directory, server) => {
    const args = ['run', '--no-prompt', '--no-remote', '--allow-net=127.0.0.1', 'program/on-fetch.ts']
    return askFrom(deno, { kind: 'deno', args }, directory, server)
  },
}

const workerd: Mount = {
  name: 'workerd 1.20261117.1',
  packages: ['workerd@1.20261117.1', 'esbuild@0.28.2'],
  binary: `node_modules/@cloudflare/${inWorkerd}/bin/workerd`,
  prepare(directory, port) {
    write(directory, 'endpoint.js', ENDPOINT_MODULE)
    write(directory, 'main.js', guideProgram('Workers', './endpoint.js'))
    const options = [
      '--bundle',
      '--format=esm',
      '--target=es2024',
      '--conditions=workerd,worker',
      '--outfile=worker.js',
    ]
    mustRun(join(directory, 'node_modules/.bin/esbuild'), ['main.js', ...options], directory)
    write(directory, 'config.capnp', workerdConfig(port))
  },
  args: () => ['serve', 'config.capnp'],
  hasFeed: true,
  ask: (directory, server) => askFromWorker(workerd.binary, directory, server),
}

export const MOUNTS: readonly Mount[] = [bun, deno, workerd, next]

function workerdConfig(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    compatibilityDate = "2026-10-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`
}

/** Whether a program is installed that runs on this machine. */
export function isInstalled({ binary }: Mount, directory: string): boolean {
  return existsSync(join(directory, binary))
}

function askFrom(
  { binary, environment = {} }: Mount,
  runtime: Pick<ProcessRuntime, 'kind' | 'args'>,
  directory: string,
  server: SmokeServer,
): Promise<string[]> {
  return askFromProcess({ ...runtime, command: join(directory, binary), environment }, directory, server)
}

function write(directory: string, path: string, text: string): void {
  const file = join(directory, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
