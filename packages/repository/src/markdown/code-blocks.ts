/** The fenced code blocks of Markdown, and of the Markdown in TSDoc comments. */
import { lineOf, readNodes, textOf } from './nodes.ts'

/** One block. */
export interface CodeBlock {
  /** The first word after the fence, in lower case. */
  readonly language: string
  /** The words after it. */
  readonly flags: readonly string[]
  readonly text: string
  /** The line of its first line of code, from 1. */
  readonly line: number
}

/** Every fenced block of a page. @throws Error when the last one has no end. */
export function readCodeBlocks(markdown: string): CodeBlock[] {
  return readNodes(markdown).flatMap((node) => {
    if (node.type !== 'code') return []
    const source = textOf([node], markdown)
    // Indented code has no fence.
    const fence = /^(?:```|~~~)/.exec(source)?.[0]
    if (fence === undefined) return []
    const line = lineOf(node)
    if (!source.endsWith(fence)) throw new Error(`the code block of line ${line} has no end`)
    const flags = (node.meta ?? '').split(/\s+/).filter((flag) => flag !== '')
    return [{ language: (node.lang ?? '').toLowerCase(), flags, text: node.value, line: line + 1 }]
  })
}

/** The text of the TSDoc comments of a source file. Everything else is blank, so that lines keep their numbers. */
export function commentsAsMarkdown(source: string): string {
  let inside = false
  return source
    .split('\n')
    .map((line) => {
      const opens = !inside && /^\s*\/\*\*/.test(line)
      if (!inside && !opens) return ''
      inside = !line.includes('*/')
      return opens ? '' : line.replace(/\s*\*\/.*$/, '').replace(/^\s*\* ?/, '')
    })
    .join('\n')
}
