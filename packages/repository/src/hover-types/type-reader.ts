/** What an editor shows at each name of an example: its type, and the first paragraph of its docstring. */
import { join } from 'node:path'
import ts from '@typescript/typescript6'
import { BESIDE_EXAMPLES, exampleFiles } from '../docs-check/example-files.ts'
import type { Example } from '../docs-check/examples.ts'
import { ROOT } from '../workspace/workspace.ts'

/** What is known about a name at one place of an example. */
export interface NamedType {
  /** The place of its first character, and the place after its last. */
  readonly start: number
  readonly end: number
  readonly type: string
  /** The first paragraph of its docstring, as Markdown. Empty when it has none. */
  readonly doc: string
}

/** Reads the types of an example. An unknown example has none. */
export type TypeReader = (example: string) => readonly NamedType[]

/** The folder that the examples stand in, for the compiler alone. It has every dependency that an example may import. */
const FOLDER = join(ROOT, 'packages/repository/.generated/hover')

/** A longer type explains nothing. */
const LONGEST_TYPE = 400

/** Creates a reader for these examples. It compiles all of them at once, when it is first called. */
export function createTypeReader(examples: readonly Example[]): TypeReader {
  const named = [...exampleFiles(examples)].map(([file, { text }]): [string, string] => [file, text])
  const files = new Map([...named, ...BESIDE_EXAMPLES].map(([file, text]) => [join(FOLDER, file), text]))
  const paths = new Map(named.map(([file, text]) => [text, join(FOLDER, file)]))
  const service = ts.createLanguageService(hostOf(files))
  const readExample = (example: string): readonly NamedType[] => {
    const path = paths.get(example)
    const source = path === undefined ? undefined : service.getProgram()?.getSourceFile(path)
    if (path === undefined || source === undefined) return []
    return identifiersOf(source)
      .filter((identifier) => isOurs(identifier, service))
      .flatMap((identifier) => typeAt(identifier, source, service))
  }
  // The site renders a page several times.
  const known = new Map<string, readonly NamedType[]>()
  return (example) => {
    const types = known.get(example) ?? readExample(example)
    known.set(example, types)
    return types
  }
}

function hostOf(files: ReadonlyMap<string, string>): ts.LanguageServiceHost {
  const options = compilerOptions()
  const readFile = (path: string): string | undefined => files.get(path) ?? ts.sys.readFile(path)
  return {
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    readFile,
    fileExists: (path) => files.has(path) || ts.sys.fileExists(path),
    directoryExists: (path) => path === FOLDER || ts.sys.directoryExists(path),
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...files.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const text = readFile(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    getCurrentDirectory: () => FOLDER,
  }
}

/** The settings of the repository. An example may leave a variable unused, and Nest uses the older decorators. */
function compilerOptions(): ts.CompilerOptions {
  const read = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, ROOT)
  return {
    ...options,
    noEmit: true,
    rewriteRelativeImportExtensions: false,
    noUnusedLocals: false,
    experimentalDecorators: true,
    typeRoots: [join(ROOT, 'node_modules/@types')],
  }
}

function identifiersOf(source: ts.SourceFile): ts.Identifier[] {
  const found: ts.Identifier[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Whether a name is of these packages or of the example itself. Names of other projects have documentation elsewhere. */
function isOurs(identifier: ts.Identifier, service: ts.LanguageService): boolean {
  const checker = service.getProgram()?.getTypeChecker()
  const symbol = checker?.getSymbolAtLocation(identifier)
  if (checker === undefined || symbol === undefined) return false
  const target = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
  const path = target.declarations?.[0]?.getSourceFile().fileName
  return path?.startsWith(join(ROOT, 'packages')) === true && !path.includes('node_modules')
}

function typeAt(identifier: ts.Identifier, source: ts.SourceFile, service: ts.LanguageService): NamedType[] {
  const start = identifier.getStart(source)
  const info = service.getQuickInfoAtPosition(source.fileName, start)
  const type = sayType(info?.displayParts)
  if (type === '' || type.endsWith(': any') || type.length > LONGEST_TYPE) return []
  const doc = sayDoc(info?.documentation) || docOfOption(identifier, service)
  return [{ start, end: identifier.getEnd(), type, doc }]
}

/** What the docstring of an option says. An editor leaves it out where the options have a type parameter. */
function docOfOption(name: ts.Identifier, service: ts.LanguageService): string {
  const checker = service.getProgram()?.getTypeChecker()
  const { parent } = name
  if (checker === undefined || !(ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent))) return ''
  const option = checker.getContextualType(parent.parent)?.getProperty(name.text)
  return sayDoc(option?.getDocumentationComment(checker))
}

/** Leaves out where a name was imported from, because the example shows that. */
function sayType(parts: readonly ts.SymbolDisplayPart[] = []): string {
  return ts
    .displayPartsToString([...parts])
    .replace(/^\(alias\) /, '')
    .replace(/\n?^import .*$/m, '')
    .trim()
}

function sayDoc(parts: readonly ts.SymbolDisplayPart[] = []): string {
  const text = parts
    .map((part) => (part.kind === 'linkName' ? `\`${part.text}\`` : part.kind === 'link' ? '' : part.text))
    .join('')
  return (text.split(/\n\s*\n/)[0] ?? '').replaceAll(/\s+/g, ' ').trim()
}
