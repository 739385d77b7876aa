/** What a module exports, by name. */
import { isSyntaxNode, parseSyntax, type SyntaxNode } from './syntax-tree.ts'

/** One exported name. */
export interface ExportedName {
  readonly name: string
  /** Types leave no trace when the module runs. A class counts as a value. */
  readonly kind: 'value' | 'type'
}

/**
 * Every name a module exports, sorted.
 *
 * @throws Error for `export *`: what it exports cannot be seen in the file.
 */
export function readExportedNames(text: string, path: string): ExportedName[] {
  const names = (parseSyntax(text, path)['body'] as SyntaxNode[]).flatMap((statement): ExportedName[] => {
    if (statement.type === 'ExportAllDeclaration') {
      throw new Error(`${path} has an export *: name what it exports`)
    }
    if (statement.type === 'ExportDefaultDeclaration') return [{ name: 'default', kind: 'value' }]
    if (statement.type !== 'ExportNamedDeclaration') return []
    return [...listed(statement), ...declared(statement['declaration'])]
  })
  return names.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** `export { name, type Name } from '…'`. */
function listed(statement: SyntaxNode): ExportedName[] {
  return (statement['specifiers'] as SyntaxNode[]).map((specifier) => ({
    name: nameOf(specifier['exported']),
    kind: statement['exportKind'] === 'type' || specifier['exportKind'] === 'type' ? 'type' : 'value',
  }))
}

/** `export function name`, `export const name`, `export interface Name`. */
function declared(declaration: unknown): ExportedName[] {
  if (!isSyntaxNode(declaration)) return []
  if (declaration.type === 'VariableDeclaration') {
    const declarators = declaration['declarations'] as SyntaxNode[]
    return declarators.map((declarator) => ({ name: nameOf(declarator['id']), kind: 'value' }))
  }
  const isType = declaration.type === 'TSInterfaceDeclaration' || declaration.type === 'TSTypeAliasDeclaration'
  return [{ name: nameOf(declaration['id']), kind: isType ? 'type' : 'value' }]
}

function nameOf(node: unknown): string {
  if (isSyntaxNode(node, 'Identifier')) return node['name'] as string
  if (isSyntaxNode(node, 'Literal')) return String(node['value'])
  throw new Error('an export has a form that is not read here: write a name')
}
