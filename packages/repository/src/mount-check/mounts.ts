/** The runtimes and frameworks that the guide has a program for, and how each is started. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { askFromProcess, type ProcessRuntime } from '../client-check/ask-from-process.ts'
import type { SmokeServer } from '../client-check/smoke-server.ts'
import { ENDPOINT_MODULE } from './endpoint.ts'
import { guideProgram } from './guide-program.ts'
import type { Mount } from './mount.ts'
import { next } from './next-mount.ts'
import { NITRO_MOUNTS } from './nitro-mounts.ts'
import { writeProjectFile } from './project-file.ts'
import { WORKER_MOUNTS } from './worker-mounts.ts'

const BINARIES = { x64: 'linux-x64', arm64: 'linux-arm64' } as const
const platform = BINARIES[process.arch as keyof typeof BINARIES] ?? 'unknown'
const inBun = platform === 'linux-arm64' ? 'bun-linux-aarch64' : 'bun-linux-x64'

const bun: Mount = {
  name: 'Bun 1.4.5',
  packages: ['bun@1.4.5'],
  binary: `node_modules/@oven/${inBun}/bin/bun`,
  prepare(directory, port) {
    writeProjectFile(directory, 'endpoint.js', ENDPOINT_MODULE)
    writeProjectFile(directory, 'routes.js', guideProgram('Bun', './endpoint.js'))
    const serve = `Bun.serve({ hostname: '127.0.0.1', port: ${port}, routes })`
    writeProjectFile(directory, 'main.js', `import { routes } from './routes.js'\n${serve}\n`)
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
    writeProjectFile(directory, 'endpoint.js', ENDPOINT_MODULE)
    writeProjectFile(directory, 'main.js', guideProgram('Deno', './endpoint.js'))
  },
  args: (port) => ['serve', '--no-prompt', '--no-remote', '--host', '127.0.0.1', '--port', String(port), 'main.js'],
  hasFeed: true,
  ask: (directory, server) => {
    const args = ['run', '--no-prompt', '--no-remote', '--allow-net=127.0.0.1', 'program/on-fetch.ts']
    return askFrom(deno, { kind: 'deno', args }, directory, server)
  },
}

export const MOUNTS: readonly Mount[] = [bun, deno, ...WORKER_MOUNTS, next, ...NITRO_MOUNTS]

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
