/** The options of a package on one page: a table for each group, made from the docstrings. */
import GithubSlugger from 'github-slugger'
import { sourceOf } from './declaration.ts'
import { escapeTags, firstSentence, linkClauses, parseDocstring, statedDefault, withoutDefault } from './docstring.ts'
import { alternativesOf, type FoundMember, membersOf, referencedName } from './members.ts'
import type { Found, Modules } from './modules.ts'
import type { PublicEntry } from './public-entries.ts'

/** A type of options that a public function takes. */
export interface OptionsRoot {
  readonly found: Found
  /** The entry that exports it. */
  readonly entry: string
  /** Where it is given, such as `new IntrospectionClient(options)`. */
  readonly takenBy: readonly string[]
}

/** Names of types that are options. Those of errors are for the packages alone. */
const OPTIONS = /(?<!Error)Options$/

/** A type is shown by its name when its source is longer than this many characters. */
const LONGEST_TYPE = 70

/** Every exported type of options that is no group of another one. Those of the main entry come first. */
export function optionsRoots(entries: readonly PublicEntry[], modules: Modules): OptionsRoot[] {
  const roots = new Map<string, OptionsRoot>()
  for (const { name: entry, path } of entries) {
    const names = modules.exportsOf(path).map(({ name }) => name)
    for (const name of names.filter((candidate) => OPTIONS.test(candidate))) {
      const found = modules.findExport(path, name)
      if (found === undefined || roots.has(keyOf(found))) continue
      roots.set(keyOf(found), { found, entry, takenBy: takers(name, names, path, modules) })
    }
  }
  const all = [...roots.values()]
  const inner = new Set(all.flatMap(({ found }) => innerKeys(found, modules)))
  return all.filter(({ found, takenBy }) => takenBy.length > 0 || !inner.has(keyOf(found)))
}

/** The page. Options are in the order of the sources, and those with groups come first. */
export function writeOptionsPage(title: string, roots: readonly OptionsRoot[], modules: Modules): string {
  const intro =
    'Every option, with the default and the limits that its docstring states. A name that is not listed here, or a value of another type, is a `TypeError`.'
  const page: Page = { modules, slugger: new GithubSlugger(), shown: new Map() }
  page.slugger.slug(title)
  const sorted = roots.toSorted((a, b) => Number(hasGroups(b, modules)) - Number(hasGroups(a, modules)))
  return `---\npageClass: options\n---\n\n${[`# ${title}`, intro, ...sorted.map((root) => writeRoot(root, page))].join('\n\n')}\n`
}

/** What a page has so far. */
interface Page {
  readonly modules: Modules
  readonly slugger: GithubSlugger
  /** The headings of the types that the page has, by the key of the type. */
  readonly shown: Map<string, { readonly name: string; readonly anchor: string }>
}

function hasGroups({ found }: OptionsRoot, modules: Modules): boolean {
  return membersOf(found, modules).some((member) => groupOf(member, modules) !== undefined)
}

function writeRoot({ found, entry, takenBy }: OptionsRoot, page: Page): string {
  const { name, doc } = found.declaration
  const [first, ...others] = takenBy
  const also = others.length === 0 ? '' : ` Also taken by ${others.map((other) => `\`${other}\``).join(', ')}.`
  const isNew = [...page.shown.values()].every((shown) => shown.name !== first)
  const title = first !== undefined && isNew ? first : name
  return [
    writeHeading('##', title, found, page),
    show(parseDocstring(doc).text),
    `Type \`${name}\` of \`${entry}\`.${also}`,
    ...writeGroup('', found, page),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function writeHeading(level: string, name: string, found: Found, page: Page): string {
  page.shown.set(keyOf(found), { name, anchor: page.slugger.slug(name) })
  return `${level} \`${name}\``
}

/** The table of a group, what else its docstrings say, and the tables of the groups in it. */
function writeGroup(path: string, found: Found, page: Page): string[] {
  const all = membersOf(found, page.modules)
  const elsewhere = all.filter((member) => keyOf(member.found) !== keyOf(found) && page.shown.has(keyOf(member.found)))
  const members = all.filter((member) => !elsewhere.includes(member))
  const groups = members.map((member) => groupOf(member, page.modules))
  const rows = members.map((member, index) => writeRow(path, member, groups[index]))
  const details = members
    .filter((_, index) => groups[index] === undefined)
    .flatMap((member) => writeDetail(path, member))
  return [
    ...(rows.length === 0 ? [] : [['| option | default | meaning |', '|---|---|---|', ...rows].join('\n')]),
    ...(details.length === 0 ? [] : [`::: details More about these options\n${details.join('\n\n')}\n:::`]),
    ...writeShared(elsewhere, page),
    ...members.flatMap((member, index) => writeInner(`${path}${member.name}`, groups[index], page)),
  ]
}

/** Names the options that the page has already described, under the heading of their type. */
function writeShared(members: readonly FoundMember[], page: Page): string[] {
  return [...Map.groupBy(members, ({ found }) => keyOf(found))].map(([key, group]) => {
    const { name = '', anchor = '' } = page.shown.get(key) ?? {}
    return `Like [\`${name}\`](#${anchor}): ${group.map((member) => `\`${member.name}\``).join(', ')}.`
  })
}

function writeInner(path: string, group: Found | undefined, page: Page): string[] {
  if (group === undefined) return []
  const shown = page.shown.get(keyOf(group))
  if (shown !== undefined) return [`\`${path}\` has the options of [\`${shown.name}\`](#${shown.anchor}).`]
  const doc = show(parseDocstring(group.declaration.doc).text)
  return [writeHeading('###', path, group, page), ...(doc === '' ? [] : [doc]), ...writeGroup(`${path}.`, group, page)]
}

function writeRow(path: string, member: FoundMember, group: Found | undefined): string {
  const own = firstSentence(withoutDefault(parseDocstring(member.doc).text))
  const meaning = firstSentence(parseDocstring(group?.declaration.doc ?? '').text) || own
  const fallback = member.isOptional ? '' : '**required**'
  const stated = statedDefault(parseDocstring(member.doc).text) ?? fallback
  const cells = [`\`${path}${member.name}\`<br>${code(typeText(member))}`, show(stated), show(meaning)]
  return `| ${cells.map((cell) => cell.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`
}

/** What a docstring says beyond its row. */
function writeDetail(path: string, member: FoundMember): string[] {
  const { text } = parseDocstring(member.doc)
  const rest = withoutDefault(text.replaceAll(/\s+/g, ' '))
  return rest === firstSentence(rest) ? [] : [`**\`${path}${member.name}\`** ${show(text)}`]
}

function typeText({ type, signature, found }: FoundMember): string {
  if (type === undefined) return 'function'
  const parts = alternativesOf(type)
    .map((part) => sourceOf(part, found.module).replaceAll(/\s+/g, ' '))
    .filter((part) => part !== 'undefined')
    .map((part) => part.replaceAll(/\breadonly /g, ''))
  const whole = parts.join(' | ')
  if (whole.length <= LONGEST_TYPE) return whole
  return signature.includes('=>') ? 'function' : 'object'
}

/** The type of a group of options, when a member is one. */
function groupOf({ type, found }: FoundMember, modules: Modules): Found | undefined {
  if (type === undefined) return undefined
  for (const part of alternativesOf(type)) {
    const name = referencedName(part)
    const group = name !== undefined && OPTIONS.test(name) ? modules.find(found.path, name) : undefined
    if (group !== undefined) return group
  }
  return undefined
}

/** The types of the groups of a type, and those that it and its groups extend. */
function innerKeys(found: Found, modules: Modules, above: readonly string[] = []): string[] {
  return membersOf(found, modules).flatMap((member) => {
    const extended = keyOf(member.found) === keyOf(found) ? [] : [keyOf(member.found)]
    const group = groupOf(member, modules)
    if (group === undefined || above.includes(keyOf(group))) return extended
    return [...extended, keyOf(group), ...innerKeys(group, modules, [...above, keyOf(group)])]
  })
}

/** The exported functions, constructors and methods with a parameter of a type. */
function takers(type: string, names: readonly string[], path: string, modules: Modules): string[] {
  const mentions = new RegExp(`\\(.*\\b${type}\\b`, 's')
  return names.flatMap((name) => {
    const { kind, signature, members } = modules.findExport(path, name)?.declaration ?? {}
    if (kind === 'function') return mentions.test(signature?.replace(/\)\s*:[^)]*$/, ')') ?? '') ? [`${name}(…)`] : []
    if (kind !== 'class' || members === undefined) return []
    return members
      .filter((member) => mentions.test(member.signature))
      .map((member) => (member.name === 'constructor' ? `new ${name}(…)` : `${name}.${member.name}(…)`))
      .filter((taker, index, all) => all.indexOf(taker) === index)
  })
}

function keyOf({ path, declaration }: Found): string {
  return `${path}#${declaration.name}`
}

function show(text: string): string {
  return escapeTags(linkClauses(text))
}

function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}
