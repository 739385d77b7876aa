/** Follows names through imports and exports to the module that declares them. */
import { posix } from 'node:path'
import { isSyntaxNode, type SyntaxNode } from '../source/syntax-tree.ts'
import { type Declaration, readDeclarations, readSourceModule, type SourceModule } from './declaration.ts'

/** A declaration and the module it stands in. */
export interface Found {
  readonly declaration: Declaration
  readonly path: string
  readonly module: SourceModule
}

/** One name that a module exports. */
export interface Export {
  readonly name: string
  /** Its name in the module it comes from. */
  readonly local: string
  /** The module it comes from, as the source names it. */
  readonly source: string | undefined
  /** The comment of its own line above it, such as `// Guards`. */
  readonly heading: string
}

interface Loaded {
  readonly module: SourceModule
  readonly declarations: ReadonlyMap<string, Declaration>
  readonly imports: ReadonlyMap<string, { readonly source: string; readonly name: string }>
  readonly exports: readonly Export[]
}

/** Modules of the repository. Each is read and parsed once. */
export class Modules {
  readonly #loaded = new Map<string, Loaded>()
  readonly #read: (path: string) => string
  readonly #entries: ReadonlyMap<string, string>

  /**
   * @param read - reads a file by its path from the top of the repository
   * @param entries - the module of each public entry, by the name it is imported by
   */
  constructor(read: (path: string) => string, entries: ReadonlyMap<string, string>) {
    this.#read = read
    this.#entries = entries
  }

  /** Every name that a module exports, in the order of the source. */
  exportsOf(path: string): readonly Export[] {
    return this.#load(path).exports
  }

  /** What an exported name stands for, or `undefined` where it comes from another project. */
  findExport(path: string, name: string): Found | undefined {
    const found = this.#load(path).exports.find((candidate) => candidate.name === name)
    if (found === undefined) return undefined
    return found.source === undefined ? this.find(path, found.local) : this.#follow(path, found.source, found.local)
  }

  /** What a name stands for inside a module. */
  find(path: string, name: string): Found | undefined {
    const { module, declarations, imports } = this.#load(path)
    const declaration = declarations.get(name)
    if (declaration !== undefined) return { declaration, path, module }
    const imported = imports.get(name)
    return imported === undefined ? undefined : this.#follow(path, imported.source, imported.name)
  }

  #follow(from: string, source: string, name: string): Found | undefined {
    const path = source.startsWith('.') ? posix.join(posix.dirname(from), source) : this.#entries.get(source)
    return path === undefined ? undefined : this.findExport(path, name)
  }

  #load(path: string): Loaded {
    const known = this.#loaded.get(path)
    if (known !== undefined) return known
    const module = readSourceModule(this.#read(path), path)
    const loaded = {
      module,
      declarations: readDeclarations(module),
      imports: readImports(module),
      exports: readExports(module),
    }
    this.#loaded.set(path, loaded)
    return loaded
  }
}

function readImports({ body }: SourceModule): Map<string, { readonly source: string; readonly name: string }> {
  const imports = new Map<string, { readonly source: string; readonly name: string }>()
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration') continue
    for (const specifier of statement['specifiers'] as SyntaxNode[]) {
      if (specifier.type !== 'ImportSpecifier') continue
      imports.set(nameOf(specifier['local']), { source: sourceName(statement), name: nameOf(specifier['imported']) })
    }
  }
  return imports
}

function readExports(module: SourceModule): Export[] {
  const headings = module.comments.filter(({ type, start }) => type === 'Line' && isOwnLine(start, module.text))
  return module.body.flatMap((statement): Export[] => {
    if (statement.type !== 'ExportNamedDeclaration') return []
    const heading = headings.findLast(({ end }) => end <= statement.start)?.value.trim() ?? ''
    const declared = statement['declaration']
    if (isSyntaxNode(declared))
      return declaredNames(declared).map((name) => ({ name, local: name, source: undefined, heading }))
    const source = isSyntaxNode(statement['source']) ? sourceName(statement) : undefined
    return (statement['specifiers'] as SyntaxNode[]).map((specifier) => ({
      name: nameOf(specifier['exported']),
      local: nameOf(specifier['local']),
      source,
      heading,
    }))
  })
}

function declaredNames(node: SyntaxNode): string[] {
  if (node.type !== 'VariableDeclaration') return [nameOf(node['id'])]
  return (node['declarations'] as SyntaxNode[]).map(({ id }) => nameOf(id))
}

function isOwnLine(start: number, text: string): boolean {
  return start === 0 || text[start - 1] === '\n'
}

function sourceName(statement: SyntaxNode): string {
  return String((statement['source'] as SyntaxNode)['value'])
}

function nameOf(node: unknown): string {
  if (!isSyntaxNode(node)) throw new Error('a name is missing')
  return String(node['name'] ?? node['value'])
}
