/** What a module imports, and how. */
import { isSyntaxNode, parseSyntax, type SyntaxNode, stringValue, walkSyntax } from './syntax-tree.ts'

/** One import of a module, or a re-export. */
export interface ModuleImport {
  /** What is imported; `undefined` for an `import()` of something that is only known when it runs. */
  readonly specifier: string | undefined
  /** `type` leaves no trace in the built module, `dynamic` is loaded when it is reached, `static` always. */
  readonly kind: 'static' | 'dynamic' | 'type'
  /** Where the specifier stands in the text, quotes included. */
  readonly start: number
  readonly end: number
}

/** Every import of a module, in its order. */
export function readImports(text: string, path: string): ModuleImport[] {
  const imports: ModuleImport[] = []
  const add = (source: unknown, kind: ModuleImport['kind']): void => {
    if (isSyntaxNode(source))
      imports.push({ specifier: stringValue(source), kind, start: source.start, end: source.end })
  }
  walkSyntax(parseSyntax(text, path), (node) => {
    if (STATIC.has(node.type)) add(node['source'], isTypeOnly(node) ? 'type' : 'static')
    if (node.type === 'ImportExpression') add(node['source'], 'dynamic')
    if (node.type === 'TSImportType') add(node['source'], 'type')
    if (node.type === 'TSExternalModuleReference') add(node['expression'], 'static')
    if (isRequire(node)) add((node['arguments'] as unknown[])[0], 'dynamic')
    return undefined
  })
  return imports
}

const STATIC = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'])

function isTypeOnly(node: SyntaxNode): boolean {
  return node['importKind'] === 'type' || node['exportKind'] === 'type'
}

function isRequire(node: SyntaxNode): boolean {
  return (
    node.type === 'CallExpression' && isSyntaxNode(node['callee'], 'Identifier') && node['callee']['name'] === 'require'
  )
}
