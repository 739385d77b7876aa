/** The regular expressions in the source of a module. */
import { isSyntaxNode, parseSyntax, type SyntaxNode, stringValue, walkSyntax } from '../source/syntax-tree.ts'

/** One regular expression. */
export interface PatternInSource {
  /** The text between the slashes, or `undefined` where it is known at run time only. */
  readonly pattern: string | undefined
  readonly flags: string
  /** Its text in the file. */
  readonly text: string
}

/** Every regular expression literal, and every call of `RegExp`. */
export function readPatterns(text: string, path: string): PatternInSource[] {
  const patterns: PatternInSource[] = []
  walkSyntax(parseSyntax(text, path), (node) => {
    const found = readLiteral(node) ?? readConstructor(node)
    if (found !== undefined) patterns.push({ ...found, text: text.slice(node.start, node.end) })
    return undefined
  })
  return patterns
}

type Found = Omit<PatternInSource, 'text'> | undefined

function readLiteral(node: SyntaxNode): Found {
  const { regex } = node as { regex?: { readonly pattern: string; readonly flags: string } | null | undefined }
  return regex === undefined || regex === null ? undefined : regex
}

function readConstructor(node: SyntaxNode): Found {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return undefined
  if (!isSyntaxNode(node['callee'], 'Identifier') || node['callee']['name'] !== 'RegExp') return undefined
  const [source, flags] = node['arguments'] as unknown[]
  const pattern = stringValue(source)
  const given = flags === undefined ? '' : stringValue(flags)
  return given === undefined ? { pattern: undefined, flags: '' } : { pattern, flags: given }
}
