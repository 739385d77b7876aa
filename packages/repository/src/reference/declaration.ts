/** What a module declares at its top: names, signatures, members and docstrings, as they stand in the source. */
import { isSyntaxNode, parseModule, type SyntaxNode } from '../source/syntax-tree.ts'

/** One declaration. */
export interface Declaration {
  readonly name: string
  readonly kind: 'class' | 'function' | 'interface' | 'type' | 'value'
  /** Its docstring without the marks of the comment. Empty when it has none. */
  readonly doc: string
  /** Its source without bodies and docstrings. Every overload of a function is in it. */
  readonly signature: string
  /** Members of an interface, and the public members of a class. */
  readonly members: readonly Member[]
  /** The types whose members it has, too: those it extends, or the one that a type alias names. */
  readonly bases: readonly SyntaxNode[]
}

/** A member of an interface, an object type or a class. */
export interface Member {
  readonly name: string
  readonly doc: string
  readonly isOptional: boolean
  readonly signature: string
  /** The type of a property. */
  readonly type: SyntaxNode | undefined
}

/** A module, with the means to read parts of it. */
export interface SourceModule {
  readonly text: string
  readonly body: readonly SyntaxNode[]
  /** Comments, in their order. */
  readonly comments: readonly {
    readonly type: string
    readonly value: string
    readonly start: number
    readonly end: number
  }[]
}

/** Parses a module. */
export function readSourceModule(text: string, path: string): SourceModule {
  const { program, comments } = parseModule(text, path)
  return { text, body: (program as unknown as { readonly body: readonly SyntaxNode[] }).body, comments }
}

/** Every declaration at the top of a module, by its name. */
export function readDeclarations(module: SourceModule): Map<string, Declaration> {
  const declarations = new Map<string, Declaration>()
  for (const statement of module.body) {
    const inner = statement['declaration']
    const node = isSyntaxNode(inner) ? inner : statement
    for (const declaration of declarationsOf(node, docBefore(statement.start, module), module)) {
      const earlier = declarations.get(declaration.name)
      declarations.set(declaration.name, earlier === undefined ? declaration : overload(earlier, declaration))
    }
  }
  return declarations
}

/** The members of the body of an interface, or of an object type. */
export function readMembers(nodes: readonly SyntaxNode[], module: SourceModule): Member[] {
  return nodes.filter(isPublic).flatMap((node) => {
    const key = node['key']
    if (!isSyntaxNode(key)) return []
    const annotation = node['typeAnnotation']
    return [
      {
        name: sourceOf(key, module).replaceAll(/^'|'$/g, ''),
        doc: docBefore(node.start, module),
        isOptional: node['optional'] === true,
        signature: withoutBody(node, module),
        type: isSyntaxNode(annotation) ? (annotation['typeAnnotation'] as SyntaxNode) : undefined,
      },
    ]
  })
}

/** The source of a node, without the docstrings in it. */
export function sourceOf(node: SyntaxNode, module: SourceModule, end = node.end): string {
  let text = module.text.slice(node.start, end)
  for (const comment of module.comments.toReversed()) {
    if (!isDocstring(comment) || comment.start < node.start || comment.end > end) continue
    text = text.slice(0, comment.start - node.start).trimEnd() + text.slice(comment.end - node.start)
  }
  return text.trim()
}

const KINDS: Readonly<Record<string, Declaration['kind']>> = {
  ClassDeclaration: 'class',
  FunctionDeclaration: 'function',
  TSDeclareFunction: 'function',
  TSInterfaceDeclaration: 'interface',
  TSTypeAliasDeclaration: 'type',
}

function declarationsOf(node: SyntaxNode, doc: string, module: SourceModule): Declaration[] {
  if (node.type === 'VariableDeclaration') {
    return (node['declarations'] as SyntaxNode[]).map((declarator) => {
      const id = declarator['id'] as SyntaxNode
      const end = isSyntaxNode(id['typeAnnotation']) ? id.end : declarator.end
      const signature = `const ${sourceOf(declarator, module, end)}`
      return { name: String(id['name']), kind: 'value', doc, signature: shorten(signature), members: [], bases: [] }
    })
  }
  const kind = KINDS[node.type]
  const id = node['id']
  if (kind === undefined || !isSyntaxNode(id)) return []
  const body = node['body']
  const inner = isSyntaxNode(body) && Array.isArray(body['body']) ? (body['body'] as SyntaxNode[]) : []
  const members = kind === 'function' ? [] : readMembers(inner, module)
  const alias = node['typeAnnotation']
  return [
    {
      name: String(id['name']),
      kind,
      doc,
      signature: kind === 'class' ? classSignature(node, members, module) : withoutBody(node, module),
      members,
      bases: [...((node['extends'] as SyntaxNode[] | undefined) ?? []), ...(isSyntaxNode(alias) ? [alias] : [])],
    },
  ]
}

/** A function with one more signature. The implementation of overloads is none. */
function overload(earlier: Declaration, later: Declaration): Declaration {
  if (earlier.kind !== 'function' || later.doc === '') return earlier
  return {
    ...earlier,
    doc: `${earlier.doc}\n\n${later.doc}`.trim(),
    signature: `${earlier.signature}\n${later.signature}`,
  }
}

function classSignature(node: SyntaxNode, members: readonly Member[], module: SourceModule): string {
  const body = node['body'] as SyntaxNode
  const head = sourceOf(node, module, body.start)
  return members.length === 0 ? `${head} {}` : `${head} {\n${members.map((m) => `  ${m.signature}`).join('\n')}\n}`
}

function withoutBody(node: SyntaxNode, module: SourceModule): string {
  const value = node['value']
  const holder =
    isSyntaxNode(value, 'FunctionExpression') || isSyntaxNode(value, 'TSEmptyBodyFunctionExpression') ? value : node
  const body = holder['body']
  const end = isSyntaxNode(body) && body.type === 'BlockStatement' ? body.start : node.end
  return sourceOf(node, module, end).replace(/[;,]$/, '')
}

function isPublic(node: SyntaxNode): boolean {
  const key = node['key']
  return (
    isSyntaxNode(key) &&
    key.type !== 'PrivateIdentifier' &&
    node['accessibility'] !== 'private' &&
    node['accessibility'] !== 'protected'
  )
}

function docBefore(start: number, module: SourceModule): string {
  const comment = module.comments.findLast((candidate) => candidate.end <= start)
  if (comment === undefined || !isDocstring(comment) || module.text.slice(comment.end, start).trim() !== '') return ''
  return comment.value
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
}

function isDocstring({ type, value }: { readonly type: string; readonly value: string }): boolean {
  return type === 'Block' && value.startsWith('*')
}

/** Values are not signatures: a long one ends where it begins to be one. */
function shorten(signature: string): string {
  const [line = ''] = signature.split('\n')
  return line === signature && line.length <= 160 ? line : `${/^const [\w$]+/.exec(line)?.[0] ?? line} = …`
}
