/** The titles of the tests in a file. Tests that do not run are left out. */
import { isSyntaxNode, parseSyntax, type SyntaxNode, stringValue, walkSyntax } from './syntax-tree.ts'

const SUITES = new Set(['describe', 'suite'])
const TESTS = new Set(['test', 'it'])
/** A test with one of these modifiers does not run. */
const NOT_RUN = new Set(['skip', 'todo'])

/**
 * The title of every test, after the titles of its suites. The strings in a literal `each` or `for` table are part of the
 * title, because the title can show them. Skipped tests, tests in skipped suites and `todo` tests are left out.
 */
export function readTestTitles(text: string, path: string): string[] {
  return titlesIn(parseSyntax(text, path), [])
}

function titlesIn(node: SyntaxNode, around: readonly string[]): string[] {
  const titles: string[] = []
  walkSyntax(node, (inner) => {
    const call = readCall(inner)
    if (call === undefined) return undefined
    if (call.modifiers.some((modifier) => NOT_RUN.has(modifier))) return false
    const own = [...around, ...call.words]
    if (TESTS.has(call.name)) titles.push(own.join(' '))
    else for (const body of call.rest) titles.push(...titlesIn(body, own))
    return false
  })
  return titles
}

/** A call of `test` or `describe`, with its modifiers: `test.skip('…')`, `test.each(table)('…')`. */
interface TestCall {
  readonly name: string
  readonly modifiers: readonly string[]
  readonly words: readonly string[]
  readonly rest: readonly SyntaxNode[]
}

function readCall(node: SyntaxNode): TestCall | undefined {
  if (node.type !== 'CallExpression') return undefined
  const [title, ...rest] = node['arguments'] as SyntaxNode[]
  const modifiers: string[] = []
  const words: string[] = []
  let callee = node['callee']
  while (!isSyntaxNode(callee, 'Identifier')) {
    if (isSyntaxNode(callee, 'MemberExpression')) {
      const property = callee['property']
      if (isSyntaxNode(property, 'Identifier')) modifiers.push(property['name'] as string)
      callee = callee['object']
    } else if (isSyntaxNode(callee, 'CallExpression')) {
      for (const table of callee['arguments'] as SyntaxNode[]) words.push(...stringsIn(table))
      callee = callee['callee']
    } else {
      return undefined
    }
  }
  const name = callee['name'] as string
  if (!SUITES.has(name) && !TESTS.has(name)) return undefined
  return { name, modifiers, words: [titleText(title), ...words], rest }
}

/** The fixed parts of a title. */
function titleText(title: SyntaxNode | undefined): string {
  if (!isSyntaxNode(title, 'TemplateLiteral')) return stringValue(title) ?? ''
  const quasis = title['quasis'] as { readonly value: { readonly cooked: string } }[]
  return quasis.map(({ value }) => value.cooked).join('…')
}

function stringsIn(node: SyntaxNode): string[] {
  const strings: string[] = []
  walkSyntax(node, (inner) => {
    const value = stringValue(inner)
    if (value !== undefined) strings.push(value)
    return undefined
  })
  return strings
}
