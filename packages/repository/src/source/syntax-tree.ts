/** TypeScript and JavaScript as a syntax tree, by the parser the test runner brings. */
import { parseAst } from 'vitest/node'

/** A node of a syntax tree (ESTree, with the additions of TypeScript). */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

/** Parses a module. @throws SyntaxError-like errors with the position when it is none. */
export function parseSyntax(text: string, path: string): SyntaxNode {
  try {
    return parseAst(text, { lang: languageOf(path) }) as unknown as SyntaxNode
  } catch (cause) {
    throw new Error(`${path} cannot be parsed`, { cause })
  }
}

/** Visits a node and everything below it, top down. The visitor returns `false` to leave out what is below. */
export function walkSyntax(node: SyntaxNode, visit: (node: SyntaxNode) => boolean | undefined): void {
  if (visit(node) === false) return
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isSyntaxNode(child)) walkSyntax(child, visit)
    }
  }
}

/** Whether a member of a node is itself a node, of this type when one is named. */
export function isSyntaxNode(value: unknown, type?: string): value is SyntaxNode {
  const node = value as Partial<SyntaxNode> | null | undefined
  return typeof node === 'object' && node !== null && typeof node.type === 'string' && (!type || node.type === type)
}

/** The text of a string literal, or of a template without holes. */
export function stringValue(node: unknown): string | undefined {
  if (isSyntaxNode(node, 'Literal') && typeof node['value'] === 'string') return node['value']
  if (!isSyntaxNode(node, 'TemplateLiteral')) return undefined
  const [quasi, ...further] = node['quasis'] as { readonly value: { readonly cooked: string } }[]
  return further.length === 0 ? quasi?.value.cooked : undefined
}

function languageOf(path: string): 'dts' | 'ts' | 'js' {
  if (path.endsWith('.d.ts')) return 'dts'
  return path.endsWith('ts') ? 'ts' : 'js'
}
