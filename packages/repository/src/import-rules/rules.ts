/** Who may import whom, as rules of dependency-cruiser. `pnpm lint` runs them. */
import { join } from 'node:path'
import type { ICruiseOptions, IRegularForbiddenRuleType } from 'dependency-cruiser'
import { readManifest, ROOT } from '../workspace/workspace.ts'
import { type Layout, LAYOUTS } from './layout.ts'

/** Files that may import the modules of Node: those for Node, the adapters, and the hostile server, which runs on Node. */
const NODE_FILES = ['\\.node\\.ts$', '^packages/\\w+/src/(?:adapters|hostile)/']
/** Names that say nothing about what is inside. */
const SAYS_NOTHING = '(?:|.*/)(?:utils?|helpers?|common|shared|types)(?:\\.node)?(?:\\.ts$|/)'
/** Sources that also run elsewhere than on Node. */
const OUR_SOURCES = '^packages/(?:core|client|server|testing)/src/'
const PUBLISHED_SOURCES = '^packages/(?:core|client|server|testing|cli)/src/'
/** A type-only import leaves no trace in the built module. */
const TYPES = ['type-only', 'type-import'] as const

/** The rules of every package. */
const FORBIDDEN: IRegularForbiddenRuleType[] = [
  rule('no-circles', 'Files do not import each other in a circle, not even their types.', {}, { circular: true }),
  rule('resolvable', 'The imported module exists.', {}, { couldNotResolve: true }),
  rule(
    'node-files-only',
    "Node's own modules are imported by *.node.ts and adapters.",
    { path: OUR_SOURCES, pathNot: NODE_FILES },
    { dependencyTypes: ['core'] },
  ),
  rule(
    'runtime-by-name',
    'A #name chooses the file of a runtime. A file of Node may import another file of Node.',
    { path: OUR_SOURCES, pathNot: '\\.node\\.ts$' },
    { path: '\\.node\\.ts$', dependencyTypesNot: ['aliased-subpath-import'] },
  ),
  rule('telling-names', 'The name of a file says what is inside.', {}, { path: PUBLISHED_SOURCES + SAYS_NOTHING }),
  ...Object.entries(LAYOUTS).flatMap(([folder, layout]) => [
    ...packageRules(folder, layout),
    ...stepRules(folder, layout),
  ]),
]

/** The configuration of dependency-cruiser. */
export const configuration: { forbidden: IRegularForbiddenRuleType[]; options: ICruiseOptions } = {
  forbidden: FORBIDDEN,
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test(?:-d)?\\.ts$|/dist/|/\\.generated/' },
    // Imports of types count as well.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.d.ts'],
    },
  },
}

/** Each package imports its own files, and the packages its layout lists. */
function packageRules(folder: string, { packages }: Layout): IRegularForbiddenRuleType[] {
  const source = `^packages/${folder}/src/`
  const listed = Object.entries(packages).map(([name, where]) => ({ name, where, path: resolvedPath(name) }))
  return [
    rule(
      `${folder}-packages`,
      `${folder} imports its own sources and the packages in its layout.`,
      { path: source },
      { pathNot: [source, ...listed.map(({ path }) => path)], dependencyTypesNot: ['core'] },
    ),
    ...listed
      .filter(({ where }) => where !== '')
      .map(({ name, where, path }) =>
        rule(
          `${folder}-imports-${name}`,
          `Only the files in the layout of ${folder} import ${name}.`,
          { path: source, pathNot: source + where },
          { path },
        ),
      ),
  ]
}

/** Steps know what lies below them, and neither each other nor what lies above. */
function stepRules(folder: string, layout: Layout): IRegularForbiddenRuleType[] {
  const { steps, root = [], runtime = [], above = [], ground = [], apart = [], open = [], adapted = [] } = layout
  if (steps === undefined) return []
  const source = `^packages/${folder}/src/`
  const inFolders = (folders: readonly string[]): string => `${source}(${folders.join('|')})/`
  const known = ['adapters', ...steps, ...runtime, ...above, ...ground]
  const below = inFolders([...steps, ...runtime, ...ground])
  const pathsOf = (files: readonly string[]): string[] =>
    files.map((path) => `${source}${path.replaceAll('.', '\\.')}$`)
  const opened = pathsOf(open)
  const entry = `${source}index\\.ts$`
  return [
    rule(
      `${folder}-folders`,
      'A folder is a step, a runtime folder, adapters, or lies above or below the steps.',
      {},
      { path: `${source}[^/]+/`, pathNot: inFolders(known) },
    ),
    rule(
      `${folder}-root`,
      'A file lies in a folder, unless the layout lists it for `src` itself.',
      {},
      { path: `${source}[^/]+$`, pathNot: `${source}(?:${root.join('|')})\\.ts$` },
    ),
    rule(
      `${folder}-adapters-import-the-entry`,
      "An adapter imports the package's public entry, and no other file outside the adapters but those that the layout opens to them.",
      { path: `${source}adapters/` },
      { path: source, pathNot: [`${source}adapters/`, entry, ...pathsOf(adapted)] },
    ),
    rule(
      `${folder}-nothing-imports-adapters`,
      'Only an adapter imports an adapter.',
      { path: source, pathNot: `${source}adapters/` },
      { path: `${source}adapters/` },
    ),
    rule(
      `${folder}-entry-is-for-others`,
      'Only adapters import the public entry of their own package.',
      { path: source, pathNot: `${source}adapters/` },
      { path: entry },
    ),
    rule(
      `${folder}-runtime-by-name`,
      'Other folders import a runtime folder by its #name.',
      { path: `${source}([^/]+)` },
      {
        path: inFolders(runtime),
        pathNot: `${source}$1/`,
        dependencyTypesNot: ['aliased-subpath-import'],
      },
    ),
    ...apart.map((inside) =>
      rule(
        `${folder}-${inside}-apart`,
        `Only the entry of ${inside} leads to its files.`,
        { path: source, pathNot: `${source}${inside}/` },
        { path: `${source}${inside}/` },
      ),
    ),
    rule(
      `${folder}-nothing-above`,
      'A step does not import what lies above it, not even a type.',
      { path: below },
      { path: `${source}[^/]+$`, pathNot: [entry, ...opened] },
    ),
    rule(
      `${folder}-steps-apart`,
      'A step imports the types of another step only. The spine carries values between steps.',
      { path: below },
      {
        path: `${source}[^/]+/`,
        pathNot: [`${source}($1|adapters)/`, inFolders([...ground, ...runtime]), ...opened],
        dependencyTypesNot: [...TYPES, 'aliased-subpath-import'],
      },
    ),
  ]
}

/** Where the specifier of a package leads: to the entry of a package of ours, or into `node_modules`. */
function resolvedPath(name: string): string {
  const [, folder, subpath = ''] = /^@token-introspection\/(\w+)(.*)$/.exec(name) ?? []
  if (folder === undefined) return `node_modules/${name}`
  const target = readManifest(join(ROOT, 'packages', folder, 'package.json')).exports?.[`.${subpath}`]
  if (typeof target !== 'string') throw new Error(`the package ${folder} has no entry .${subpath}`)
  return `^packages/${folder}/${target.slice(2)}$`
}

function rule(
  name: string,
  comment: string,
  from: IRegularForbiddenRuleType['from'],
  to: IRegularForbiddenRuleType['to'],
): IRegularForbiddenRuleType {
  return { name, comment, severity: 'error', from, to }
}
