/** Runs the tests of the testing guide with each test runner, in a project that has the packages. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGuideExample } from '../markdown/guide-example.ts'
import { writeProjectFile } from '../mount-check/project-file.ts'
import type { PackedPackage } from './packed-package.ts'
import { type Run, startCommand } from './run-command.ts'

/** The runners, and the packages that `nest new` of Nest 11 installs for tests. */
const PACKAGES = [
  'vitest@5.1.0',
  'bun@1.4.5',
  ...['common', 'core', 'platform-express', 'testing'].map((name) => `@nestjs/${name}@11`),
  'reflect-metadata@0.2',
  'rxjs@7',
  'jest@30',
  'ts-jest@29',
  'supertest@7',
  'typescript@5.9',
  '@types/jest@30',
  '@types/node@24',
  '@types/supertest@7',
]

const GUIDE = 'protect/testing.md'

/** A runner that loads ES modules, and its test in the guide. */
interface Runner {
  readonly title: string
  /** The heading of its test. */
  readonly heading: string
  readonly file: string
  readonly command: readonly [name: string, ...args: string[]]
}

const inBun = process.arch === 'arm64' ? 'bun-linux-aarch64' : 'bun-linux-x64'

const RUNNERS: readonly Runner[] = [
  {
    title: 'vitest',
    heading: 'Vitest',
    file: 'vitest/orders.test.ts',
    command: [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--dir', 'vitest'],
  },
  {
    title: 'node --test',
    heading: 'node:test',
    file: 'node/orders.test.ts',
    command: [process.execPath, '--test', 'node/orders.test.ts'],
  },
  {
    title: 'bun test',
    heading: 'Bun',
    file: 'bun/orders.test.ts',
    command: [`node_modules/@oven/${inBun}/bin/bun`, 'test', './bun/orders.test.ts'],
  },
]

/** `test/jest-e2e.json` of `nest new`. */
const JEST = {
  moduleFileExtensions: ['js', 'json', 'ts'],
  rootDir: '.',
  testEnvironment: 'node',
  testRegex: '.e2e-spec.ts$',
  transform: { '^.+\\.(t|j)s$': 'ts-jest' },
}

/** What `nest new` has in `tsconfig.json`, as far as it changes what runs. */
const NEST_TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    resolvePackageJsonExports: true,
    esModuleInterop: true,
    isolatedModules: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    target: 'ES2023',
    skipLibCheck: true,
    strictNullChecks: true,
    noImplicitAny: true,
  },
}

/** The message of Jest when it meets an ES module. The guide quotes it. */
const WITHOUT_HINT = 'Must use import to load ES Module'

/** A project that has the packages and the runners. */
export interface RunnerProject {
  readonly directory: string
  /** How npm has ended. */
  readonly installed: Run
}

/** Installs the packages and the runners. */
export async function installTestRunners(packages: readonly PackedPackage[], work: string): Promise<RunnerProject> {
  const directory = join(work, 'test-runners')
  mkdirSync(directory)
  writeFileSync(join(directory, 'package.json'), '{ "name": "runners", "private": true, "type": "module" }')
  const tarballs = packages.map(({ tarball }) => tarball)
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs, ...PACKAGES]
  return { directory, installed: await startCommand('npm', install, directory) }
}

/** Every test of the guide that does not pass. */
export async function runTestRunners({ directory, installed }: RunnerProject): Promise<string[]> {
  if (!installed.ok) return [installed.output]
  const runs = [...RUNNERS.map((runner) => runRunner(runner, directory)), runJest(directory)]
  return (await Promise.all(runs)).flat()
}

async function runRunner({ title, heading, file, command }: Runner, directory: string): Promise<string[]> {
  const [folder = ''] = file.split('/')
  writeProjectFile(directory, `${folder}/start-test-app.ts`, readGuideExample(GUIDE, 'Test your API'))
  writeProjectFile(directory, file, readGuideExample(GUIDE, heading))
  const [name, ...args] = command
  return complain(title, await startCommand(name, args, directory))
}

/** Runs Jest as `nest new` sets it up, with each remedy of the guide, and without one. */
async function runJest(directory: string): Promise<string[]> {
  const nest = join(directory, 'nest')
  writeProjectFile(nest, 'package.json', '{ "name": "orders", "private": true }')
  writeProjectFile(nest, 'tsconfig.json', JSON.stringify(NEST_TSCONFIG))
  writeProjectFile(nest, 'src/app.module.ts', readGuideExample('protect/nest.md', 'Guard a Nest API'))
  writeProjectFile(nest, 'test/app.e2e-spec.ts', readGuideExample(GUIDE, 'Jest'))
  const remedy = JSON.parse(readGuideExample(GUIDE, 'Jest', 'json')) as object
  writeProjectFile(nest, 'test/jest-e2e.json', JSON.stringify(JEST))
  writeProjectFile(nest, 'test/jest-compiling.json', JSON.stringify({ ...JEST, ...remedy }))
  const jest = (configuration: string, ...options: string[]): Promise<Run> => {
    const program = join(directory, 'node_modules/jest/bin/jest.js')
    return startCommand(process.execPath, [...options, program, '--config', `test/${configuration}`], nest)
  }
  const bare = await jest('jest-e2e.json')
  return [
    ...(!bare.ok && bare.output.includes(WITHOUT_HINT) ? [] : [`jest without a remedy: ${bare.output}`]),
    ...complain('jest with modules', await jest('jest-e2e.json', '--experimental-vm-modules')),
    ...complain('jest that compiles', await jest('jest-compiling.json')),
  ]
}

function complain(title: string, { ok, output }: Run): string[] {
  return ok ? [] : [`${title}: ${output}`]
}
