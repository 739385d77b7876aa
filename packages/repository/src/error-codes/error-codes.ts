/** The codes of errors and warnings in the sources, and their pages in the documentation. */
import { readCodeBlocks } from '../markdown/code-blocks.ts'
import { readTables } from '../markdown/tables.ts'
import type { SourceFile } from '../workspace/workspace.ts'

/** Codes of Node and OpenSSL. The sources compare them, and throw none. */
const FOREIGN = /^ERR_(?:SSL|TLS)_/

/** Where a code of a warning stands: in the union of the server, or beside the message at the client. */
const WARNING = /^ {2}\| '([a-z]+(?:-[a-z]+)+)'$|\bcode: '([a-z]+(?:_[a-z]+)+)'/gm

/**
 * Every code of an error or a warning. A code that others begin with is no code, but the word of a step.
 *
 * @param errors - the files that throw errors.
 * @param warnings - the files that warn.
 */
export function findCodes(errors: readonly SourceFile[], warnings: readonly SourceFile[]): string[] {
  const found = new Set(
    errors.flatMap(({ text }) => [...text.matchAll(/'(ERR_[A-Z\d_]+)'/g)].map(([, code = '']) => code)),
  )
  const thrown = [...found].filter((code) => !FOREIGN.test(code))
  const codes = thrown.filter((code) => !thrown.some((other) => other.startsWith(`${code}_`)))
  const warned = warnings.flatMap(({ text }) =>
    [...text.matchAll(WARNING)].map(([, server, client]) => server ?? client ?? ''),
  )
  return [...new Set([...codes, ...warned])].toSorted()
}

/** The file name of the page about a code. */
export function pageOf(code: string): string {
  return `${code.toLowerCase().replaceAll('_', '-')}.md`
}

/** A row of the page about all codes. */
export interface CodeRow {
  readonly code: string
  readonly page: string
  readonly retryable: string
}

/** The rows of the page about all codes. */
export function readCodeRows(index: string): CodeRow[] {
  return readTables(index).flatMap(({ cells: { code = '', retryable = '' } }) => {
    const [, name, page] = /^\[`([\w-]+)`\]\(([\w-]+\.md)\)$/.exec(code) ?? []
    return name === undefined || page === undefined ? [] : [{ code: name, page, retryable }]
  })
}

const SECTIONS = ['## Is this you?', '## Check', '## Fix']

/** What a page about a code lacks; empty when it has everything. */
export function findLacks(page: string, { code, retryable }: CodeRow): string[] {
  const lines = page.split('\n')
  const [facts] = readTables(page)
  const commands = readCodeBlocks(page).filter(({ language }) => language === 'sh')
  return [
    ...(lines[0] === `# ${code}` ? [] : [`the heading # ${code}`]),
    ...SECTIONS.filter((section) => !lines.includes(section)),
    ...(commands.length === 1 && commands[0]?.text.trim().split('\n').length === 1 ? [] : ['one command to check']),
    ...(facts?.cells['side'] ? [] : ['the side that has to change']),
    ...(facts?.cells['retryable'] === retryable ? [] : [`retryable: ${retryable}`]),
    ...(page.includes('](README.md)') ? [] : ['a link to all codes']),
  ]
}
