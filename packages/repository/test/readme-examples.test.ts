/** The compiler accepts a wrong argument where the parameter is `unknown`. So the examples of these pages run, too. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readCodeBlocks } from '../src/markdown/code-blocks.ts'

/** Pages whose examples need no server, with the output of all their examples. */
const PAGES = [
  ['packages/core/README.md', '1764003600\n'],
  ['packages/client/README.md', ''],
] as const

describe('the examples of a page run', () => {
  test.each(PAGES)('%s', (path, output) => {
    const examples = readCodeBlocks(readFileSync(path, 'utf8')).filter(({ language }) => language === 'ts')
    expect(examples.map(({ text }) => run(text)).join('')).toBe(output)
    expect(examples).not.toEqual([])
  })
})

/** Runs a program, and returns what it prints. */
function run(program: string): string {
  return execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, ORDERS_API_SECRET: 's3cr3t' },
  })
}
