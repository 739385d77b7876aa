/** TypeScript and JavaScript as oxc parses them. */
import { type ParseResult, parseSync } from 'oxc-parser'

/** A node of a syntax tree (ESTree, with the additions of TypeScript). */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

/** Parses a module. @throws Error with the first fault and its place. */
export function parseModule(text: string, path: string): ParseResult {
  const result = parseSync(path, text)
  const [fault] = result.errors
  if (fault !== undefined) throw new Error(`${path} cannot be parsed: ${fault.codeframe ?? fault.message}`)
  return result
}

/** The syntax tree of a module. */
export function parseSyntax(text: string, path: string): SyntaxNode {
  return parseModule(text, path).program as unknown as SyntaxNode
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
