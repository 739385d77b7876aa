/** The examples in pages and comments. */
import { commentsAsMarkdown, readCodeBlocks } from '../markdown/code-blocks.ts'
import type { SourceFile } from '../workspace/workspace.ts'

/** One example and its place. */
export interface Example {
  readonly path: string
  /** The line of its first line of code. */
  readonly line: number
  readonly text: string
  /** The name after its language, such as `start-test-app.ts`. Other examples can import it. */
  readonly file?: string | undefined
  /** Whether its flag `no-check` leaves it out. */
  readonly unchecked: boolean
}

const TYPESCRIPT = new Set(['ts', 'typescript', 'tsx', 'mts'])
const JAVASCRIPT = new Set(['js', 'javascript', 'jsx', 'mjs', 'cjs'])

/** Every TypeScript example of pages and source files. */
export function readExamples(files: readonly SourceFile[]): Example[] {
  return files.flatMap(({ path, text }) =>
    readCodeBlocks(path.endsWith('.md') ? text : commentsAsMarkdown(text)).flatMap(({ language, flags, ...block }) => {
      if (JAVASCRIPT.has(language))
        throw new Error(`${path}:${block.line} is ${language}: write ts, so that it is checked`)
      if (!TYPESCRIPT.has(language)) return []
      const file = flags.find((flag) => flag.endsWith('.ts'))
      const unknown = flags.find((flag) => flag !== 'no-check' && flag !== file)
      if (unknown !== undefined) throw new Error(`${path}:${block.line} has the flag ${unknown}, which means nothing`)
      return [
        {
          path,
          line: block.line,
          text: block.text,
          ...(file !== undefined && { file }),
          unchecked: flags.includes('no-check'),
        },
      ]
    }),
  )
}
