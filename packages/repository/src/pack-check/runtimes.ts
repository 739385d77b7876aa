/** The versions of Node that the packages run on. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../workspace/workspace.ts'
import { runCommand } from './run-command.ts'

/** A Node to run. */
export interface Runtime {
  readonly name: string
  readonly path: string
}

/** The oldest that `engines` allows, and the newest. The one this runs on is the third. */
const VERSIONS = ['22.19.0', '26.10.0']
const KEPT = join(ROOT, 'packages/repository/node_modules/.cache/node')

/** The runtimes that could be installed, and a notice about each other one. They are kept for the next run. */
export function findRuntimes(versions: readonly string[] = VERSIONS): { runtimes: Runtime[]; notices: string[] } {
  const runtimes: Runtime[] = [{ name: `Node ${process.versions.node}`, path: process.execPath }]
  const notices: string[] = []
  for (const version of versions) {
    const found = fetchNode(version)
    if (typeof found === 'string') runtimes.push({ name: `Node ${version}`, path: found })
    else notices.push(`not tried on Node ${version}: ${found.reason}`)
  }
  return { runtimes, notices }
}

function fetchNode(version: string): string | { readonly reason: string } {
  if (process.platform !== 'linux') return { reason: 'there is a package of it for Linux only' }
  const name = `node-linux-${process.arch}`
  const directory = join(KEPT, version)
  const path = join(directory, 'node_modules', name, 'bin/node')
  if (existsSync(path)) return path
  mkdirSync(directory, { recursive: true })
  const { ok, output } = runCommand(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefix', directory, `${name}@${version}`],
    directory,
  )
  return ok && existsSync(path) ? path : { reason: output.split('\n')[0] ?? '' }
}
