/** Holds a document against the schema of its members. */
import * as z from 'zod/mini'
import { ResponseMalformedError } from '../errors.ts'

/**
 * Parses a document by its schema.
 *
 * @param document - what it is, for the operator.
 * @throws {@link ResponseMalformedError} naming the members at fault and never their values, which may be personal data.
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

/** What {@link readMembers} gives: the members, or the names of those that do not fit. */
export type MembersRead<Members> =
  | { readonly success: true; readonly members: Members }
  | { readonly success: false; readonly faults: ReadonlySet<string> }

/**
 * The same, naming the members at fault to the caller.
 *
 * @throws {@link ResponseMalformedError} when there are too many to name.
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
    // An issue for each of some hundred thousand wrong elements is more than the schema library can hold.
    throw new ResponseMalformedError(`${document}: too many members of the wrong type`)
  }
  if (result.success) return { success: true, members: result.data }
  return { success: false, faults: new Set(result.error.issues.map((issue) => String(issue.path[0] ?? 'the whole'))) }
}

/** The error that names members at fault. */
export function wrongMembers(faults: Iterable<string>, document: string): ResponseMalformedError {
  return new ResponseMalformedError(`${document}: wrong type or range of ${[...faults].join(', ')}`)
}
