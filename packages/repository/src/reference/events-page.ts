/** The events of both sides on one page: when each happens, its members, and its level in a log. */
import GithubSlugger from 'github-slugger'
import { sourceOf } from './declaration.ts'
import { escapeTags, firstSentence, linkClauses, parseDocstring } from './docstring.ts'
import { type EventLevel, eventLevels, FAULT_OF_SERVER, type LogEvents } from './event-levels.ts'
import { choicesOf, type Literal, literalsOf } from './literals.ts'
import { alternativesOf, type FoundMember, membersOf, referencedName } from './members.ts'
import type { Found, Modules } from './modules.ts'

/** One side. */
export interface EventSide {
  readonly title: string
  /** Sentences before its events. */
  readonly intro: string
  /** The module of the entry that exports the types. */
  readonly path: string
  /** The types of its events, by what emits them. */
  readonly unions: ReadonlyMap<string, string>
  readonly logEvents: LogEvents
}

/** The address of a name that a side exports, from the page. */
export type LinkOf = (side: EventSide, name: string) => string | undefined

/** The forms of an event: types with the same `type`. */
interface EventForms {
  readonly type: string
  /** When it happens, in a sentence. */
  readonly summary: string
  readonly forms: readonly Found[]
  /** What emits it. */
  readonly emitters: readonly string[]
}

/** The page. Both sides are in the order of their unions. */
export function writeEventsPage(sides: readonly EventSide[], modules: Modules, linkOf: LinkOf): string {
  const intro =
    'What the listener `onEvent` gets, with every member. No event has a token or a secret. The level is that of `logEvents`; [observability](../operate/observability.md) shows how to write a log, send metrics and set alarms.'
  const slugger = new GithubSlugger()
  slugger.slug('Events')
  const parts = sides.map((side) => writeSide(side, { modules, linkOf, slugger }))
  return `---\npageClass: options\n---\n\n# Events\n\n${intro}\n\n${parts.join('\n\n')}\n`
}

function writeSide(side: EventSide, page: Page): string {
  const events = eventsOf(side, page.modules)
  const everywhere = sharedMembers(events, page.modules)
  const write: Writer = { ...page, side, everywhere: everywhere.map(({ name }) => name) }
  const shared = everywhere.length === 0 ? [] : ['Every event has:', writeMembers(everywhere, write)]
  page.slugger.slug(side.title)
  const rows = events.map(({ type, summary }) => {
    // In the order of the headings: both sides have events of the same name.
    const anchor = page.slugger.slug(type)
    return `| [\`${type}\`](#${anchor}) | ${cell(show(summary))} |`
  })
  return [
    `## ${side.title}`,
    side.intro,
    ['| event | happens when |', '|---|---|', ...rows].join('\n'),
    ...shared,
    ...events.map((event) => writeEvent(event, write)),
  ].join('\n\n')
}

/** So many texts fit into the row of their member. */
const FEW = 6

/** What every part of the page is written with. */
interface Page {
  readonly modules: Modules
  readonly linkOf: LinkOf
  readonly slugger: GithubSlugger
}

/** What the parts of a side are written with. */
interface Writer extends Page {
  readonly side: EventSide
  /** The members that the page has described for all events of the side. */
  readonly everywhere: readonly string[]
}

/** The events of the unions, in their order. Those with the same `type` are one. */
function eventsOf({ unions, path }: EventSide, modules: Modules): EventForms[] {
  const found = [...unions].flatMap(([emitter, name]) => {
    const union = modules.findExport(path, name)
    if (union === undefined) throw new Error(`${path} does not export ${name}`)
    return namesIn(union, modules).flatMap((part) => leavesOf(part, modules).map((form) => ({ emitter, form, part })))
  })
  return [...Map.groupBy(found, ({ form }) => typeOf(form, modules))].map(([type, group]) => ({
    type,
    summary: firstSentence(parseDocstring(group[0]?.part.declaration.doc ?? '').text),
    forms: [...new Map(group.map(({ form }) => [form.declaration.name, form])).values()],
    emitters: [...new Set(group.map(({ emitter }) => emitter))],
  }))
}

function leavesOf(found: Found, modules: Modules): Found[] {
  if (found.declaration.kind === 'interface') return [found]
  return namesIn(found, modules).flatMap((part) => leavesOf(part, modules))
}

/** What the names in a union stand for. */
function namesIn({ declaration, path }: Found, modules: Modules): Found[] {
  return declaration.bases.flatMap(alternativesOf).flatMap((part) => {
    const name = referencedName(part)
    return (name === undefined ? undefined : modules.find(path, name)) ?? []
  })
}

function typeOf(form: Found, modules: Modules): string {
  const [type] = choicesOf(form, modules).get('type') ?? []
  if (typeof type !== 'string') throw new Error(`${form.declaration.name} has no type of its own`)
  return type
}

function sharedMembers(events: readonly EventForms[], modules: Modules): FoundMember[] {
  const forms = events.flatMap((event) => event.forms).map((form) => ownMembers(form, modules))
  return (forms[0] ?? []).filter(({ name }) => forms.every((members) => members.some((member) => member.name === name)))
}

function ownMembers(form: Found, modules: Modules): FoundMember[] {
  return membersOf(form, modules).filter(({ name }) => name !== 'type')
}

function writeEvent({ type, forms, emitters }: EventForms, write: Writer): string {
  const from =
    write.side.unions.size === 1 ? [] : [`Emitted by ${emitters.map((emitter) => `\`${emitter}\``).join(', ')}.`]
  return [`### \`${type}\``, ...from, ...forms.flatMap((form) => writeForm(form, write))].join('\n\n')
}

function writeForm(form: Found, write: Writer): string[] {
  const members = ownMembers(form, write.modules).filter(({ name }) => !write.everywhere.includes(name))
  const hasStatus = members.some(({ name }) => name === 'status')
  const levels = eventLevels(write.side.logEvents, choicesOf(form, write.modules), hasStatus)
  return [
    show(parseDocstring(form.declaration.doc).text),
    `Level: ${levels.map(sayLevel).join('; ')}.`,
    ...(members.length === 0 ? [] : [writeMembers(members, write)]),
  ]
}

/** `info` when `state` is `closed`. A usual level that is that of many values needs none of them. */
function sayLevel({ level, member, values = [] }: EventLevel, index: number): string {
  if (member === undefined || (index === 0 && values.length > FEW)) return `\`${level}\``
  const named = values.map((value) => (member === 'status' ? sayStatus(value) : `\`${String(value)}\``))
  return `\`${level}\` when \`${member}\` is ${named.join(' or ')}`
}

function sayStatus(status: unknown): string {
  return status === FAULT_OF_SERVER ? `${FAULT_OF_SERVER} or more` : `below ${FAULT_OF_SERVER}`
}

function writeMembers(members: readonly FoundMember[], write: Writer): string {
  return ['| member | type | meaning |', '|---|---|---|', ...members.map((member) => writeMember(member, write))].join(
    '\n',
  )
}

function writeMember(member: FoundMember, write: Writer): string {
  const { name, doc, type, found } = member
  const literals = type === undefined ? undefined : literalsOf(type, found, write.modules)
  const own = parseDocstring(doc).text
  const meaning = own === '' ? parseDocstring(docOfType(member, write.modules)).text : own
  if (meaning === '')
    throw new Error(`the member ${name} of ${found.declaration.name} has no docstring, and its type has none`)
  return `| \`${name}\` | ${cell(typeText(member, literals, write))} | ${cell(show(`${meaning}${sayLiterals(literals)}`))} |`
}

function docOfType({ type, found }: FoundMember, modules: Modules): string {
  const names = type === undefined ? [] : alternativesOf(type).map(referencedName)
  return names
    .flatMap((name) => (name === undefined ? [] : (modules.find(found.path, name)?.declaration.doc ?? [])))
    .join(' ')
}

/** Few texts are shown in place of their type. Other types are names, with a link where the reference has them. */
function typeText(
  { type, found }: FoundMember,
  literals: readonly Literal[] | undefined,
  { linkOf, side }: Writer,
): string {
  if (type === undefined) return '`function`'
  const parts = alternativesOf(type).map((part) => {
    const name = referencedName(part)
    const link = name === undefined ? undefined : linkOf(side, name)
    if (name !== undefined && literals !== undefined && (link === undefined || literals.length <= FEW))
      return literals.map(({ value }) => `\`'${value}'\``).join(' or ')
    const text = `\`${sourceOf(part, found.module).replaceAll(/\breadonly /g, '')}\``
    return link === undefined ? text : `[${text}](${link})`
  })
  return parts.join(' or ')
}

/** What the comments of texts say. */
function sayLiterals(literals: readonly Literal[] = []): string {
  const told = literals.filter(({ meaning }) => meaning !== '')
  return told.length === 0 ? '' : ` ${told.map(({ value, meaning }) => `\`${value}\`: ${meaning}`).join(' ')}`
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
}

function show(text: string): string {
  return escapeTags(linkClauses(text))
}
