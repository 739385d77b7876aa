/** The fenced code blocks of Markdown, and of the Markdown in TSDoc comments. */

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
  const blocks: CodeBlock[] = []
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const [, indent = '', fence, info = ''] = /^( *)(```+|~~~+)(.*)$/.exec(lines[index] ?? '') ?? []
    if (fence === undefined) continue
    const end = lines.findIndex((line, at) => at > index && line.trim() === fence)
    if (end === -1) throw new Error(`the code block of line ${index + 1} has no end`)
    const [language = '', ...flags] = info.trim().split(/\s+/)
    const text = lines.slice(index + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    blocks.push({ language: language.toLowerCase(), flags, text: text.join('\n'), line: index + 2 })
    index = end
  }
  return blocks
}

/** What stands in the TSDoc comments of a source file, with everything else blank, so that lines keep their numbers. */
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
