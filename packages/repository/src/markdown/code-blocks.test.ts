import { expect, test } from 'vitest'
import { commentsAsMarkdown, readCodeBlocks } from './code-blocks.ts'

test('reads blocks with their language, flags and place', () => {
  const markdown =
    '# Page\n\n```ts no-check\nconst a = 1\n\nconst b = 2\n```\n\n```\nplain\n```\n\n- item\n\n  ```TS\n  const c = 3\n  ```\n'
  expect(readCodeBlocks(markdown)).toEqual([
    { language: 'ts', flags: ['no-check'], text: 'const a = 1\n\nconst b = 2', line: 4 },
    { language: '', flags: [], text: 'plain', line: 10 },
    { language: 'ts', flags: [], text: 'const c = 3', line: 16 },
  ])
})

test('refuses a block without an end', () => {
  expect(() => readCodeBlocks('\n```ts\nconst a = 1')).toThrow('line 2')
})

test('reads the comments of a source file in their places', () => {
  const source =
    "import a from 'a'\n\n  /**\n   * Text.\n   *\n   * ```ts\n   * a(`*`)\n   * ```\n   */\nconst b = '```'\n/** One line. */"
  expect(commentsAsMarkdown(source)).toBe('\n\n\nText.\n\n```ts\na(`*`)\n```\n\n\n')
})
