/**
 * Mounts the packages, packed as a release would, in real runtimes as the guide says, and asks them over HTTP. Ends with 1
 * when something is answered wrongly, or, with `CI_REQUIRE_RUNTIMES=1`, when a runtime is not to be had.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packPackage } from '../pack-check/packed-package.ts'
import { mustRun, runCommand } from '../pack-check/run-command.ts'
import { publicPackages } from '../workspace/workspace.ts'
import { HTTP_CASES, runCases } from './http-cases.ts'
import { isInstalled, MOUNTS, type Mount } from './mounts.ts'
import { freePort, startProcess } from './started-process.ts'

const INSTALL = ['install', '--no-audit', '--no-fund', '--ignore-scripts']
const required = process.env['CI_REQUIRE_RUNTIMES'] === '1'
const problems: string[] = []
const notices: string[] = []

/** What is wrong with a mount, or why it cannot be tried. */
async function check(mount: Mount, tarballs: readonly string[], directory: string): Promise<string[]> {
  mkdirSync(directory)
  writeFileSync(join(directory, 'package.json'), '{ "name": "mount", "private": true, "type": "module" }')
  mustRun('npm', [...INSTALL, ...tarballs], directory)
  const { ok, output } = runCommand('npm', [...INSTALL, '--save-exact', ...mount.packages], directory)
  if (!ok || !isInstalled(mount, directory)) {
    const notice = `not tried on ${mount.name}: ${ok ? 'nothing is installed for this machine' : output}`
    notices.push(notice)
    return required ? [notice] : []
  }
  const port = await freePort()
  mount.prepare(directory, port)
  const binary = join(directory, mount.binary)
  // What is written in JavaScript is run, and not left to find a Node of its own.
  const [command, first] = mount.binary.includes('/dist/bin/') ? [process.execPath, [binary]] : [binary, []]
  const args = [...first, ...mount.args(port)]
  const server = await startProcess(command, args, directory, port, mount.environment ?? {})
  try {
    const found = await runCases(port, mount.exceptions ?? {})
    return found.length === 0 ? [] : [...found, server.output()].filter((text) => text !== '')
  } finally {
    await server.stop()
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const work = realpathSync(mkdtempSync(join(tmpdir(), 'mount-check-')))
try {
  const tarballs = publicPackages()
    .filter(({ folder }) => folder === 'core' || folder === 'server')
    .map((source) => packPackage(source, work).tarball)
  for (const [index, mount] of MOUNTS.entries()) {
    const started = performance.now()
    const skipped = notices.length
    const found = await check(mount, tarballs, join(work, `mount-${index}`)).catch((error: unknown) => [String(error)])
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const verdict = found.length > 0 ? 'WRONG' : notices.length > skipped ? 'skipped' : 'ok'
    console.log(`${verdict} ${mount.name}: ${HTTP_CASES.length} cases (${seconds} s)`)
    for (const problem of found) console.error(`${mount.name}: ${problem}`)
    problems.push(...found)
  }
  for (const notice of notices) console.log(notice)
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`mount:check: ${problems.length} problems, ${notices.length} not tried`)
if (problems.length > 0) process.exitCode = 1
