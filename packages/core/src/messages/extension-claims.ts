/** Extension claims: members of an answer that you define, validated with any Standard Schema, on either side. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { ResponseMalformedError } from '../errors.ts'
import { sayKind } from '../options/say-kind.ts'
import { type ActiveIntrospectionResponse, REGISTERED_MEMBERS, UNREADABLE_MEMBERS } from './introspection-response.ts'

/** A Standard Schema (zod, valibot, arktype, …) whose output is an object of extension claims. */
export type ClaimsSchema<Claims extends object = object> = StandardSchemaV1<unknown, Claims>

/** The members of a response that the registry does not define. */
export function extensionClaims(response: { readonly [member: string]: unknown }): Record<string, unknown> {
  const claims: Record<string, unknown> = {}
  for (const name of Object.keys(response)) {
    // Assigning to `__proto__` would give the claims inherited members.
    if (REGISTERED_MEMBERS.has(name) || name === '__proto__' || name === UNREADABLE_MEMBERS) continue
    // JSON has no functions, and `JSON.stringify` would call a function named `toJSON` in place of the whole answer.
    if (typeof response[name] !== 'function') claims[name] = response[name]
  }
  return claims
}

/**
 * Validates the extension claims of an active response. The schema sees only the members that the registry does not
 * define, and cannot replace registered ones. Its output replaces the claims; members that it drops stay unchanged.
 *
 * @throws {@link ResponseMalformedError} that names the wrong claims, never their values.
 */
export async function validateExtensionClaims<Claims extends object>(
  response: ActiveIntrospectionResponse,
  schema: ClaimsSchema<Claims>,
): Promise<ActiveIntrospectionResponse<Claims>> {
  const claims = extensionClaims(response)
  const result = await schema['~standard'].validate(claims)
  if (result.issues !== undefined)
    throw new ResponseMalformedError(`extension claims: ${describe(result.issues, claims)}. ${REMEDY}`)
  const validated = { ...response, ...extensionClaims(result.value as Record<string, unknown>) }
  return validated as ActiveIntrospectionResponse<Claims>
}

const REMEDY = 'Have the authorization server send what the schema in the option claims requires, or correct the schema'

/** Names each claim and what it is. Neither values nor messages of the schema are repeated, because they may hold private data. */
function describe(issues: readonly StandardSchemaV1.Issue[], claims: Readonly<Record<string, unknown>>): string {
  const names = new Set(
    issues.map(({ path }) => {
      const first = path?.[0]
      return first === undefined ? undefined : String(typeof first === 'object' ? first.key : first)
    }),
  )
  const said = Array.from(names, (name) => {
    if (name === undefined) return 'the claims together are refused'
    return Object.hasOwn(claims, name) ? `${name} is refused (${sayKind(claims[name])})` : `${name} is missing`
  })
  return said.join('; ')
}
