/** The examples in pages and comments. */
import { commentsAsMarkdown, readCodeBlocks } from '../markdown/code-blocks.ts'
import type { SourceFile } from '../workspace/workspace.ts'

/** One example and its place. */
export interface Example {
  readonly path: string
  /** The line of its first line of code. */
  readonly line: number
  readonly text: string
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
      const unknown = flags.find((flag) => flag !== 'no-check')
      if (unknown !== undefined) throw new Error(`${path}:${block.line} has the flag ${unknown}, which means nothing`)
      return [{ path, line: block.line, text: block.text, unchecked: flags.length > 0 }]
    }),
  )
}
