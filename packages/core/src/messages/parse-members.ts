/** Checks a document against the schema of its members. */
import * as z from 'zod/mini'
import { ResponseMalformedError } from '../errors.ts'

/**
 * Parses a document with its schema.
 *
 * @param document - the name of the document, for the operator.
 * @throws {@link ResponseMalformedError} that names the wrong members and never their values, which may be personal
 * data.
 */
export function parseMembers<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  document: string,
): z.output<Schema> {
  const result = readMembers(schema, value, document)
  if (result.success) return result.members
  throw wrongMembers(result.faults, document)
}

/** The result of {@link readMembers}: the members, or the names of those that do not fit the schema. */
export type MembersRead<Members> =
  | { readonly success: true; readonly members: Members }
  | { readonly success: false; readonly faults: ReadonlySet<string> }

/**
 * Parses a document as {@link parseMembers} does, but returns the names of wrong members instead of throwing.
 *
 * @throws {@link ResponseMalformedError} when there are too many wrong members to name.
 */
export function readMembers<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  document: string,
): MembersRead<z.output<Schema>> {
  let result: z.core.util.SafeParseResult<z.output<Schema>>
  try {
    result = z.safeParse(schema, value)
  } catch {
    // The schema library lists an issue for each wrong element and fails at some 100,000 of them.
    throw new ResponseMalformedError(`${document}: too many members of the wrong type`)
  }
  if (result.success) return { success: true, members: result.data }
  return { success: false, faults: new Set(result.error.issues.map((issue) => String(issue.path[0] ?? 'the whole'))) }
}

/** The error that names the wrong members. */
export function wrongMembers(faults: Iterable<string>, document: string): ResponseMalformedError {
  return new ResponseMalformedError(`${document}: wrong type or range of ${[...faults].join(', ')}`)
}
