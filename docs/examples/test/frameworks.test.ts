import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Example, runExample } from '../src/checks/run-example.ts'

const folder = new URL('../src/frameworks/', import.meta.url)
const run = promisify(execFile)
const programs = readdirSync(folder)

describe('every example', () => {
  test('is in the list below', () => {
    expect(programs.toSorted()).toEqual([
      'fastify.ts',
      'graphql-yoga.ts',
      'hono.ts',
      'mcp.ts',
      'trpc.ts',
      'websocket.ts',
    ])
  })

  test.each(programs)('%s gets the expected values and exits 0', async (name) => {
    const { stdout, stderr } = await run(process.execPath, [fileURLToPath(new URL(name, folder))])
    expect(stdout).toMatch(/^(\d+) of \1 as expected$/m)
    expect(stdout).not.toContain('✘')
    expect(stderr).toBe('')
  })
})

describe('an example with unexpected values', () => {
  test.each([
    ['one check of two', [1, 2], 1],
    ['nothing', [1, 1], 0],
  ])('in %s returns the exit code for its program', async (_, [first, second], code) => {
    const printed: string[] = []
    const example = async ({ expect: compare }: Example) => {
      compare('one', first, 1)
      compare('two', { deep: [second] }, { deep: [1] })
      await Promise.resolve()
    }
    expect(await runExample(example, (text) => printed.push(text))).toBe(code)
    expect(printed.at(-1)).toBe(`${2 - code} of 2 as expected`)
  })

  test('that checks nothing fails', async () => {
    expect(
      await runExample(
        () => Promise.resolve(),
        () => undefined,
      ),
    ).toBe(1)
  })
})
