/** Packs the packages as a release does, and uses them as users do. Ends with 1 when something is wrong. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publicPackages, ROOT } from '../workspace/workspace.ts'
import { runBundles } from './bundles.ts'
import { checkContents } from './check-contents.ts'
import { runCommandLine } from './command-line.ts'
import { compilePrograms, installConsumer, runPrograms } from './consumer-project.ts'
import { compileReadme } from './readme-program.ts'
import { checkEntries } from './entries.ts'
import { lintPackage } from './lint-package.ts'
import { compileWithOlder } from './older-compilers.ts'
import { tryPackageManagers } from './package-managers.ts'
import { packPackage } from './packed-package.ts'
import { resolvePeers } from './peers.ts'
import { findRuntimes } from './runtimes.ts'
import { installTestRunners, runTestRunners } from './test-runners.ts'
import { measureTypes } from './type-cost.ts'

const problems: string[] = []

/** Runs a step, and prints its result and its time. */
async function step(what: string, work: () => readonly string[] | Promise<readonly string[]>): Promise<void> {
  const started = performance.now()
  const found = await work()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${found.length === 0 ? 'ok' : 'WRONG'} ${what} (${seconds} s)`)
  for (const problem of found) console.error(problem)
  problems.push(...found)
}

const work = realpathSync(mkdtempSync(join(tmpdir(), 'pack-check-')))
try {
  const packages = publicPackages().map((source) => packPackage(source, work))
  // Installing is mostly waiting: it goes on beside the next steps.
  const runners = installTestRunners(packages, work)
  const managers = tryPackageManagers(packages, work)
  await step('contents', () => packages.flatMap((packed) => checkContents(packed, ROOT)))
  await step('publint and attw', async () => (await Promise.all(packages.map(lintPackage))).flat())
  const project = installConsumer(packages, work)
  const { problems: entryProblems, sizes } = await checkEntries(project.directory)
  await step('entries load what their sources load', () => entryProblems)
  const { runtimes, notices } = findRuntimes()
  await step(`programs on ${runtimes.map(({ name }) => name).join(', ')}`, () =>
    runPrograms(project, packages, runtimes),
  )
  await step('the command line', () => runCommandLine(project.directory, packages, runtimes))
  await step('programs compiled strictly', () => compilePrograms(project))
  await step('the README compiled, strictly and not', () => compileReadme(packages, work))
  await step('the remedy from compilers that are too old', () => compileWithOlder(project.directory))
  const cost = measureTypes(project.directory)
  await step('types take no more work than recorded', () => cost.problems)
  await step('bundles for Node', () => runBundles(project.directory))
  await step('npm resolves the oldest and newest peers', () => resolvePeers(packages, work))
  await step('the tests of the guide with vitest, jest, node --test and bun test', async () =>
    runTestRunners(await runners),
  )
  const managed = await managers
  await step('installed and run with npm, pnpm, yarn and bun', () => managed.flatMap((run) => run.problems))
  for (const { tarball, bytes } of packages) console.log(`${tarball.slice(work.length + 1)} ${bytes} B`)
  for (const line of [...sizes, ...cost.notices, ...managed.map(({ notice }) => notice), ...notices]) console.log(line)
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`pack:check: ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
