/** Installs the packages with each package manager, beside frameworks that are not the newest, and runs a guarded program. */
import { readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { writeProjectFile } from '../mount-check/project-file.ts'
import type { PackedPackage } from './packed-package.ts'
import { mustRun, type Run, startCommand } from './run-command.ts'

/** What teams have. npm refuses a project when one of them is out of the range of a peer. */
const FRAMEWORKS = {
  '@nestjs/common': '11',
  '@nestjs/core': '11',
  express: '5',
  express4: 'npm:express@4',
  fastify: '4',
  koa: '2',
  'reflect-metadata': '0.2',
  rxjs: '7',
}

const PROGRAM = 'guarded-frameworks.mjs'

/** A package manager. */
interface Manager {
  readonly name: string
  readonly install: readonly string[]
  readonly run: readonly string[]
  /** Where it is told that the packages, which name each other by their version, are those of the tarballs. */
  readonly replacements?: 'overrides' | 'resolutions' | 'workspace'
}

const PNPM = ['-y', 'pnpm@12.21.0']
const YARN_1 = ['-y', 'yarn@1.22.22']
const YARN_4 = ['-y', '-p', '@yarnpkg/cli-dist@4.18.1', 'yarn']
const BUN = ['-y', 'bun@1.4.5']

/** The commands of `npx`, but for npm itself. yarn 4 has no node_modules: it sets up Plug'n'Play. */
const MANAGERS: readonly Manager[] = [
  { name: 'npm', install: ['npm', 'install', '--no-audit', '--no-fund'], run: ['node'] },
  { name: 'pnpm 12', install: ['npx', ...PNPM, 'install'], run: ['node'], replacements: 'workspace' },
  {
    name: 'yarn 1',
    install: ['npx', ...YARN_1, 'install', '--non-interactive'],
    run: ['node'],
    replacements: 'resolutions',
  },
  {
    name: 'yarn 4',
    // In CI it otherwise wants a lockfile, which a new project does not have.
    install: ['npx', ...YARN_4, 'install', '--no-immutable'],
    run: ['npx', ...YARN_4, 'node'],
    replacements: 'resolutions',
  },
  { name: 'bun', install: ['npx', ...BUN, 'install'], run: ['npx', ...BUN], replacements: 'overrides' },
]

/** A line about a peer out of its range, or a complaint about our packages. */
const COMPLAINT =
  /ERESOLVE|\bpeer\b|\bYN00(?:02|60|86)\b|(?:warn|error)\S* .*@token-introspection\/\S+ (?:has|requires|is deprecated)/i

/** The result with one package manager. */
export interface ManagerRun {
  readonly problems: readonly string[]
  /** Its name, and the seconds that the installation took. */
  readonly notice: string
}

/** Installs and runs with every package manager, all beside each other. */
export function tryPackageManagers(packages: readonly PackedPackage[], work: string): Promise<ManagerRun[]> {
  const tarballs = Object.fromEntries(packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]))
  const registry = mustRun('npm', ['config', 'get', 'registry'], work)
  return Promise.all(
    MANAGERS.map((manager) => tryManager(manager, tarballs, join(work, manager.name.replace(' ', '-')), registry)),
  )
}

async function tryManager(
  { name, install, run, replacements }: Manager,
  tarballs: Readonly<Record<string, string>>,
  directory: string,
  registry: string,
): Promise<ManagerRun> {
  const manifest = { name: 'orders', private: true, type: 'module', dependencies: { ...tarballs, ...FRAMEWORKS } }
  const replaced = replacements === undefined || replacements === 'workspace' ? {} : { [replacements]: tarballs }
  writeProjectFile(directory, 'package.json', JSON.stringify({ ...manifest, ...replaced }))
  // YAML reads JSON.
  if (replacements === 'workspace')
    writeProjectFile(directory, 'pnpm-workspace.yaml', JSON.stringify({ overrides: tarballs }))
  // Without a lockfile of its own, yarn looks for a project above.
  if (name.startsWith('yarn')) writeFileSync(join(directory, 'yarn.lock'), '')
  const program = readFileSync(join(import.meta.dirname, 'consumer/guarded-frameworks.ts'), 'utf8')
  writeProjectFile(directory, PROGRAM, stripTypeScriptTypes(program))

  // yarn 4 does not read the registry of npm.
  const environment = { YARN_NPM_REGISTRY_SERVER: registry, YARN_ENABLE_TELEMETRY: '0' }
  const start = ([command = '', ...args]: readonly string[]): Promise<Run> =>
    startCommand(command === 'node' ? process.execPath : command, args, directory, environment)
  const startedMs = performance.now()
  const installed = await start(install)
  const notice = `${name}: installed in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`
  if (!installed.ok) return { notice, problems: [`${name}: ${installed.output}`] }
  const complaints = installed.output.split('\n').filter((line) => COMPLAINT.test(line))
  const ran = await start([...run, PROGRAM])
  return { notice, problems: [...complaints, ...(ran.ok ? [] : [ran.output])].map((problem) => `${name}: ${problem}`) }
}
