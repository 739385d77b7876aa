/** Compiles examples, each as a module of its own, under the settings of the repository. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../workspace/workspace.ts'
import { BESIDE_EXAMPLES, exampleFiles } from './example-files.ts'
import type { Example } from './examples.ts'

/**
 * The compiler's errors, with their places in the pages.
 *
 * @param directory - it is emptied first. Packages are resolved from it.
 * @param strict - `false` compiles the examples without `strict`, and ignores errors in the sources of the packages.
 */
export function compileExamples(examples: readonly Example[], directory: string, strict = true): string[] {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const files = exampleFiles(examples)
  for (const [file, { text }] of files) writeFileSync(join(directory, file), `${text}\n`)
  for (const [file, text] of BESIDE_EXAMPLES) writeFileSync(join(directory, file), text)
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(strict ? TSCONFIG : LAX))
  const { status, stdout, stderr } = spawnSync(TSC, ['-p', 'tsconfig.json', '--pretty', 'false'], {
    cwd: directory,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) return []
  const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
  if (!strict)
    return placeComplaints(
      complaints.filter((line) => files.has(line.split('(')[0] ?? '')),
      files,
    )
  return complaints.length > 0 ? placeComplaints(complaints, files) : [`tsc ended with ${String(status)} and no word`]
}

/** Replaces the place in a generated file by the place in the page. */
export function placeComplaints(complaints: readonly string[], files: ReadonlyMap<string, Example>): string[] {
  return complaints.map((complaint) => {
    const [, file = '', line = '', rest = ''] = /^([^(\s]+)\((\d+),\d+\): (.*)$/.exec(complaint) ?? []
    const example = files.get(file)
    return example === undefined ? complaint : `${example.path}:${example.line + Number(line) - 1} ${rest}`
  })
}

const TSC = join(ROOT, 'node_modules/.bin/tsc')

const TSCONFIG = {
  extends: join(ROOT, 'tsconfig.base.json'),
  compilerOptions: {
    noEmit: true,
    rewriteRelativeImportExtensions: false,
    // An example may end with a variable that it does not use.
    noUnusedLocals: false,
    // Nest uses the older decorators.
    experimentalDecorators: true,
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
  include: ['*.ts'],
}

const LAX = {
  ...TSCONFIG,
  compilerOptions: { ...TSCONFIG.compilerOptions, strict: false, exactOptionalPropertyTypes: false },
}
