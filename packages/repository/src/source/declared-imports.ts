/** What a declaration file imports. */
import { Visitor } from 'oxc-parser'
import { parseModule } from './syntax-tree.ts'

/** The specifier of one import or re-export. */
export interface DeclaredImport {
  readonly specifier: string
  /** Where the specifier begins and ends in the text, quotes included. */
  readonly start: number
  readonly end: number
}

/** Every specifier of a declaration file, in its order. */
export function readDeclaredImports(declarations: string, path: string): DeclaredImport[] {
  const { module, program } = parseModule(declarations, path)
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest)),
  ]
  new Visitor({ TSImportType: ({ source }) => void requests.push(source) }).visit(program)
  const found = requests.flatMap((request) =>
    request === null ? [] : [{ specifier: request.value, start: request.start, end: request.end }],
  )
  // Every name of a re-export has the same specifier.
  return [...new Map(found.map((each) => [each.start, each])).values()].toSorted((a, b) => a.start - b.start)
}
