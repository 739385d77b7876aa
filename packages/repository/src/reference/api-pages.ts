/** Pages of everything that the packages export, made from the sources and their docstrings. */
import { slug } from 'github-slugger'
import { escapeTags, linkClauses, parseDocstring } from './docstring.ts'
import type { Export, Found, Modules } from './modules.ts'
import type { PublicEntry } from './public-entries.ts'

/** A page to write. */
export interface ReferencePage {
  /** Its path, from `docs/reference/api`. */
  readonly path: string
  readonly text: string
}

/** A part of an entry: its names under one heading of the source. */
interface Part {
  readonly entry: PublicEntry
  readonly title: string
  readonly path: string
  readonly exports: readonly Export[]
}

/** A page for each part of an entry, and `index.md`, which lists all names. */
export function writeApiPages(entries: readonly PublicEntry[], modules: Modules): ReferencePage[] {
  const parts = entries.flatMap((entry) => partsOf(entry, modules.exportsOf(entry.path)))
  return [
    { path: 'index.md', text: writeList(parts) },
    ...parts.map((part) => ({ path: part.path, text: writePart(part, modules) })),
  ]
}

/** Where each exported name of an entry is described, from `docs/reference/api`. */
export function placesOf(entry: PublicEntry, modules: Modules): Map<string, string> {
  return new Map(
    partsOf(entry, modules.exportsOf(entry.path)).flatMap(({ path, exports }) =>
      exports.map(({ name }): [string, string] => [name, placeOf(path, name)]),
    ),
  )
}

function placeOf(path: string, name: string): string {
  return `${path}#${slug(name)}`
}

/** The main entry of a package has a page for each heading, any other entry has one page. */
function partsOf(entry: PublicEntry, exports: readonly Export[]): Part[] {
  if (entry.subpath !== '') return [{ entry, title: entry.name, path: `${entry.folder}-${entry.subpath}.md`, exports }]
  return [...Map.groupBy(exports, ({ heading }) => heading)].map(([heading, group]) => ({
    entry,
    title: `${entry.name}: ${heading}`,
    path: `${entry.folder}/${slug(heading)}.md`,
    exports: group,
  }))
}

function writeList(parts: readonly Part[]): string {
  const sections = [...Map.groupBy(parts, ({ entry }) => entry.folder)].map(([folder, group]) => {
    const rows = group.map(({ title, path, exports }) => {
      const names = exports.map(({ name }) => `[\`${name}\`](${placeOf(path, name)})`).join(', ')
      return `**[${title}](${path})**: ${names}`
    })
    return `## ${folder}\n\n${rows.join('\n\n')}`
  })
  return `# Every name that the packages export\n\n${sections.join('\n\n')}\n`
}

function writePart({ title, entry, exports }: Part, modules: Modules): string {
  const names = exports.map((exported) => writeName(exported, entry, modules))
  return `# ${title}\n\n\`import { … } from '${entry.name}'\`\n\n${names.join('\n\n')}\n`
}

function writeName({ name, source }: Export, { path }: PublicEntry, modules: Modules): string {
  const found = modules.findExport(path, name)
  if (found === undefined) return `## \`${name}\`\n\nFrom \`${String(source)}\`.`
  const { doc, signature, kind } = found.declaration
  const { text, tags } = parseDocstring(doc)
  const shown = kind === 'interface' || kind === 'class' ? writeMembers(found) : []
  return [
    `## \`${name}\``,
    show(text),
    `\`\`\`ts\n${signature}\n\`\`\``,
    ...shown,
    ...tags.map((tag) => writeTag(tag.name, tag.text)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function writeMembers({ declaration }: Found): string[] {
  const rows = declaration.members.flatMap(({ name, doc }) => {
    const { text, tags } = parseDocstring(doc)
    const whole = [text, ...tags.filter(isSentence).map((tag) => writeTag(tag.name, tag.text))].join(' ')
    return whole.trim() === '' ? [] : [`| \`${name}\` | ${cell(show(whole))} |`]
  })
  return rows.length === 0 ? [] : [['| member | meaning |', '|---|---|', ...rows].join('\n')]
}

/** An example does not fit into a row. */
function isSentence({ name }: { readonly name: string }): boolean {
  return name !== 'example'
}

function writeTag(name: string, text: string): string {
  if (name === 'param') {
    const [, parameter = '', meaning = ''] = /^(\S+)\s*-?\s*(.*)$/s.exec(text) ?? []
    return `\`${parameter}\`: ${show(meaning)}`
  }
  if (name === 'example') return text.includes('```') ? text : `\`\`\`ts\n${text}\n\`\`\``
  const titles: Readonly<Record<string, string>> = { returns: 'Returns', throws: 'Throws', see: 'See' }
  return `${titles[name] ?? `@${name}`} ${show(text)}`
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
}

function show(text: string): string {
  return escapeTags(linkClauses(text))
}
