/** Step `result`: adds the fields of a guard to a response, and keeps those of the application. */

/** How one framework reads and sets the fields of a response. */
export interface FieldAccess<Res> {
  get(response: Res, name: string): number | string | readonly string[] | null | undefined
  set(response: Res, name: string, value: string): void
}

/** Adds the fields of a refusal, or of an allowing decision, which usually has none. */
export function addFields<Res>(
  fields: Readonly<Record<string, string>>,
  response: Res,
  access: FieldAccess<Res>,
): void {
  for (const name in fields) {
    access.set(response, name, mergeField(name, fields[name] as string, access.get(response, name)))
  }
}

/** Whether there is a field to add. */
export function hasFields(fields: Readonly<Record<string, string>>): boolean {
  return Object.keys(fields).length > 0
}

/** Fields that describe the earlier body and not the body of the refusal. */
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

/** Keeps stricter directives, and removes those that let a shared cache keep the response (RFC 9111 §5.2.2). */
function madePrivate(set: string): string {
  const directives = listOf(set)
  if (directives.some((directive) => /^(?:no-store|private)$/i.test(directive))) return set
  return ['private', ...directives.filter((directive) => !/^(?:public$|s-maxage=|private=)/i.test(directive))].join(
    ', ',
  )
}

/** An element of a list: commas in quotes do not end it. */
const ELEMENT = /(?:[^",]|"(?:[^"\\]|\\[^])*(?:"|$))+/g

function listOf(field: string): string[] {
  return (field.match(ELEMENT) ?? []).flatMap((element) => element.trim() || [])
}
