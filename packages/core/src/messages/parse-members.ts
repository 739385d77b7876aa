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
  let result: z.core.util.SafeParseResult<z.output<Schema>>
  try {
    result = z.safeParse(schema, value)
  } catch {
    // An issue for each of some hundred thousand wrong elements is more than the schema library can hold.
    throw new ResponseMalformedError(`${document}: too many members of the wrong type`)
  }
  if (result.success) return result.data
  const members = new Set(result.error.issues.map((issue) => String(issue.path[0] ?? 'the whole')))
  throw new ResponseMalformedError(`${document}: wrong type or range of ${[...members].join(', ')}`)
}
