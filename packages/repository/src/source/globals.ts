/** Which globals of one runtime a module uses. */
import { isSyntaxNode, parseSyntax, type SyntaxNode, walkSyntax } from './syntax-tree.ts'

const ONE_RUNTIME = new Set(['Buffer', 'process', 'global', 'Bun', 'Deno'])

/** Globals that only some runtimes have, once each; members and keys of that name are none. */
export function readGlobals(text: string, path: string): string[] {
  const found = new Set<string>()
  const visit = (node: SyntaxNode): boolean | undefined => {
    const rest = BESIDE_THE_NAME[node.type]
    if (rest !== undefined && node['computed'] !== true) {
      for (const member of rest) if (isSyntaxNode(node[member])) walkSyntax(node[member], visit)
      return false
    }
    if (node.type === 'Identifier' && ONE_RUNTIME.has(node['name'] as string)) found.add(node['name'] as string)
    return undefined
  }
  walkSyntax(parseSyntax(text, path), visit)
  return [...found].toSorted()
}

/** Nodes with a name that is no variable, and where in them variables and types are. */
const BESIDE_THE_NAME: Readonly<Record<string, readonly string[]>> = {
  MemberExpression: ['object'],
  Property: ['value'],
  PropertyDefinition: ['typeAnnotation', 'value'],
  MethodDefinition: ['value'],
  TSPropertySignature: ['typeAnnotation'],
}
