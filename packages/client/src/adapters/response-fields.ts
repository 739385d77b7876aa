/** What a guard adds to a response, without taking away what the application has set. */

/** How the fields of a response are looked at and set, in one framework. */
export interface FieldAccess<Res> {
  get(response: Res, name: string): number | string | readonly string[] | null | undefined
  set(response: Res, name: string, value: string): void
}

/** Adds the fields of a refusal, or of a decision that allows, which has none as a rule. */
export function addFields<Res>(
  fields: Readonly<Record<string, string>>,
  response: Res,
  access: FieldAccess<Res>,
): void {
  for (const name in fields) {
    access.set(response, name, mergeField(name, fields[name] as string, access.get(response, name)))
  }
}

/** Fields that say nothing about a body other than the one they were set for. */
export const BODY_FIELDS = ['content-length', 'content-encoding', 'content-type', 'etag', 'last-modified'] as const

function mergeField(name: string, value: string, existing: ReturnType<FieldAccess<unknown>['get']>): string {
  if (existing === undefined || existing === null) return value
  const set = String(existing)
  if (name === 'access-control-expose-headers') return union(set, value)
  if (name === 'cache-control' && value === 'private') return madePrivate(set)
  return value
}

function union(set: string, added: string): string {
  const names = listOf(set)
  const known = new Set(names.map((name) => name.toLowerCase()))
  return [...names, ...listOf(added).filter((name) => !known.has(name.toLowerCase()))].join(', ')
}

/** What is stricter stays; what would let a shared cache keep the response goes (RFC 9111 §5.2.2). */
function madePrivate(set: string): string {
  const directives = listOf(set)
  if (directives.some((directive) => /^(?:no-store|private)$/i.test(directive))) return set
  return ['private', ...directives.filter((directive) => !/^(?:public$|s-maxage=|private=)/i.test(directive))].join(
    ', ',
  )
}

function listOf(field: string): string[] {
  return field.split(',').flatMap((element) => element.trim() || [])
}
