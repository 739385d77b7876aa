/**
 * Mounts the packed packages in real runtimes as the guide says, and sends them requests over HTTP. Then the client of the same
 * packages runs in each runtime. Ends with 1 when an answer is wrong, or, with `CI_REQUIRE_RUNTIMES=1`, when a runtime cannot
 * be installed.
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../../core/test/find-free-port.ts'
import { askFromNode, NODE_VERSIONS } from '../client-check/ask-from-node.ts'
import { PROGRAMS, type SmokeServer, startSmokeServer } from '../client-check/smoke-server.ts'
import { packPackage } from '../pack-check/packed-package.ts'
import { mustRun, startCommand } from '../pack-check/run-command.ts'
import { findRuntimes } from '../pack-check/runtimes.ts'
import { publicPackages } from '../workspace/workspace.ts'
import { followFeedOf } from './feed-case.ts'
import { HTTP_CASES, runCases } from './http-cases.ts'
import type { Mount } from './mount.ts'
import { isInstalled, MOUNTS } from './mounts.ts'
import { startProcess } from './started-process.ts'

const INSTALL = ['install', '--no-audit', '--no-fund', '--ignore-scripts']
const required = process.env['CI_REQUIRE_RUNTIMES'] === '1'
const problems: string[] = []
const notices: string[] = []

/** A project for the packages, with the programs of the client's cases. */
function createProject(directory: string): string {
  mkdirSync(directory)
  writeFileSync(join(directory, 'package.json'), '{ "name": "mount", "private": true, "type": "module" }')
  cpSync(PROGRAMS, join(directory, 'program'), { recursive: true })
  return directory
}

/** Installs what a mount needs. Returns whether that succeeded. */
async function install(mount: Mount, tarballs: readonly string[], directory: string): Promise<boolean> {
  const packages = [...tarballs, ...mount.packages]
  const { ok, output } = await startCommand('npm', [...INSTALL, '--save-exact', ...packages], directory)
  const installed = ok && isInstalled(mount, directory)
  if (!installed) skip(`not tried on ${mount.name}: ${ok ? 'nothing is installed for this machine' : output}`)
  return installed
}

function skip(notice: string): void {
  notices.push(notice)
  if (required) problems.push(notice)
}

/** Every fault of a mount. */
async function askMounted(mount: Mount, directory: string): Promise<string[]> {
  const port = await findFreePort()
  mount.prepare(directory, port)
  const { binary, script, alsoAt } = mount
  const [command, first] = script === undefined ? [join(directory, binary), []] : [process.execPath, [script]]
  const args = [...first, ...mount.args(port)]
  const server = await startProcess(command, args, directory, port, mount.environment ?? {})
  try {
    const found = await runCases(port, mount.exceptions ?? {})
    const alsoFound = alsoAt === undefined ? [] : await runCases(port, {}, alsoAt)
    found.push(...alsoFound.map((problem) => `${alsoAt}: ${problem}`))
    const followed = mount.hasFeed === true ? await followFeedOf(port).catch(describe) : []
    found.push(...followed.map((problem) => `feed: ${problem}`))
    return found.length === 0 ? [] : [...found, server.output()].filter((text) => text !== '')
  } finally {
    await server.stop()
  }
}

function describe(error: unknown): string[] {
  return [String(error)]
}

/** Runs a step, and prints its result and its time. */
async function step(what: string, work: () => Promise<readonly string[]>): Promise<void> {
  const started = performance.now()
  const found = await work().catch((error: unknown) => [String(error)])
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${found.length === 0 ? 'ok' : 'WRONG'} ${what} (${seconds} s)`)
  for (const problem of found) console.error(`${what}: ${problem}`)
  problems.push(...found)
}

/** Runs the client's cases on every version of Node. */
async function askFromEveryNode(directory: string, server: SmokeServer): Promise<void> {
  const { runtimes, notices: missing } = findRuntimes(NODE_VERSIONS)
  for (const { name, path } of runtimes) {
    await step(`client on ${name}`, () => askFromNode(name, path, directory, server))
  }
  missing.forEach(skip)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const work = realpathSync(mkdtempSync(join(tmpdir(), 'mount-check-')))
try {
  const tarballs = publicPackages()
    .filter(({ folder }) => folder !== 'testing')
    .map((source) => packPackage(source, work).tarball)
  const project = createProject(join(work, 'node'))
  mustRun('npm', [...INSTALL, ...tarballs], project)
  const mounted = MOUNTS.map((mount, index) => ({ mount, directory: createProject(join(work, `mount-${index}`)) }))
  // Installing is mostly waiting. The cases have deadlines, so they run when that is over.
  const installed = await Promise.all(mounted.map(({ mount, directory }) => install(mount, tarballs, directory)))
  const server = await startSmokeServer(project)
  try {
    await askFromEveryNode(project, server)
    for (const { mount, directory } of mounted.filter((_, index) => installed[index])) {
      await step(`${mount.name}: ${HTTP_CASES.length} requests`, () => askMounted(mount, directory))
      const { ask } = mount
      if (ask !== undefined) await step(`client on ${mount.name}`, () => ask(directory, server))
    }
  } finally {
    await server.stop()
  }
  for (const notice of notices) console.log(notice)
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`mount:check: ${problems.length} problems, ${notices.length} not tried`)
if (problems.length > 0) process.exitCode = 1
