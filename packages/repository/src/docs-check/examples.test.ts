import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ROOT } from '../workspace/workspace.ts'
import { compileExamples, placeComplaints } from './compile-examples.ts'
import { type Example, readExamples } from './examples.ts'

const example: Example = { path: 'docs/page.md', line: 10, text: '', unchecked: false }

describe('readExamples', () => {
  test('takes pages and comments', () => {
    const page = {
      path: 'docs/page.md',
      text: '```ts\na\n```\n\n```ts no-check\nb\n```\n\n```ts start.ts\ne\n```\n\n```sh\nc\n```',
    }
    const source = { path: 'packages/core/src/a.ts', text: '/**\n * ```ts\n * d\n * ```\n */\nexport {}' }
    expect(readExamples([page, source])).toEqual([
      { path: 'docs/page.md', line: 2, text: 'a', unchecked: false },
      { path: 'docs/page.md', line: 6, text: 'b', unchecked: true },
      { path: 'docs/page.md', line: 10, text: 'e', file: 'start.ts', unchecked: false },
      { path: 'packages/core/src/a.ts', line: 3, text: 'd', unchecked: false },
    ])
  })

  test.each([
    ['JavaScript, which is not compiled', '```js\na\n```', 'docs/page.md:2 is js'],
    ['an unknown flag', '```ts nocheck\na\n```', 'docs/page.md:2 has the flag nocheck'],
  ])('refuses %s', (_, text, problem) => {
    expect(() => readExamples([{ path: 'docs/page.md', text }])).toThrow(problem)
  })
})

describe('compileExamples', () => {
  const directory = mkdtempSync(join(ROOT, 'packages/repository/node_modules/examples-'))
  afterAll(() => rmSync(directory, { recursive: true }))

  test('names the place of an error, and accepts a correct example', () => {
    const right =
      "import { parseScope } from '@token-introspection/core'\nconst scope = await Promise.resolve(parseScope('a'))"
    const wrong = "import { gone } from '@token-introspection/core'\nconst a: number = 'a'\nlet b"
    const complaints = compileExamples(
      [
        { ...example, text: right },
        { ...example, line: 20, text: wrong },
      ],
      directory,
    )
    expect(complaints).toEqual([
      expect.stringMatching(/^docs\/page\.md:20 error TS2305: .*gone/),
      expect.stringMatching(/^docs\/page\.md:21 error TS2322/),
    ])
    expect(compileExamples([{ ...example, text: right }], directory)).toEqual([])
  })

  test('lets an example import another one by its name, and bun:test', () => {
    const named = { ...example, text: 'export const start = () => 1', file: 'start.ts' }
    const text =
      "import { expect, test } from 'bun:test'\nimport { start } from './start.ts'\ntest('it', () => expect(start().gone).toBe(1))"
    expect(compileExamples([named, { ...example, text }], directory)).toEqual([
      expect.stringMatching(/^docs\/page\.md:12 error TS2339: .*gone/),
    ])
    expect(() => compileExamples([named, named], directory)).toThrow('both have an example named start.ts')
  })

  test('compiles without strict when asked to', () => {
    const text =
      'type Decision = { allowed: true } | { allowed: false; status: number }\ndeclare const decision: Decision\n' +
      'export const status = decision.allowed ? 200 : decision.status'
    const either = [{ ...example, text }]
    expect(compileExamples(either, directory)).toEqual([])
    expect(compileExamples(either, directory, false)).toEqual([
      expect.stringMatching(/^docs\/page\.md:12 error TS2339/),
    ])
  })
})

test('leaves other errors of the compiler as they are', () => {
  const files = new Map([['example-1.ts', example]])
  expect(placeComplaints(['example-1.ts(3,5): error', 'error TS5058: no config'], files)).toEqual([
    'docs/page.md:12 error',
    'error TS5058: no config',
  ])
})
