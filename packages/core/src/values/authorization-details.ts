/** The `authorization_details` member: rich authorization (RFC 9396 §2, §9.2). */
import * as z from 'zod/mini'
import { OptionGroup } from '../options/option-group.ts'

/** Schema of `authorization_details`: an array of objects, each with a string `type`. */
export const authorizationDetailsSchema = z.array(
  z.looseObject({
    type: z.string().check(z.minLength(1)),
    locations: z.optional(z.array(z.string())),
    actions: z.optional(z.array(z.string())),
    datatypes: z.optional(z.array(z.string())),
    identifier: z.optional(z.string()),
    privileges: z.optional(z.array(z.string())),
  }),
)

/** Every authorization detail of a token; several of one type are allowed (RFC 9396 §2). */
export type AuthorizationDetails = z.infer<typeof authorizationDetailsSchema>

/**
 * One authorization detail. Its rights are the combinations of its own fields, never those of two objects (RFC 9396
 * §2.2).
 */
export type AuthorizationDetail = AuthorizationDetails[number]

/**
 * The rights that one authorization detail has to grant. Each list must be contained in the list of one and the same
 * object.
 */
export interface WantedAuthorizationDetail {
  readonly type: string
  readonly locations?: readonly string[] | undefined
  readonly actions?: readonly string[] | undefined
  readonly datatypes?: readonly string[] | undefined
  readonly identifier?: string | undefined
  readonly privileges?: readonly string[] | undefined
}

const LISTS = ['locations', 'actions', 'datatypes', 'privileges'] as const

/** Whether authorization details grant the wanted rights. */
export type GrantsDetail = (details: AuthorizationDetails) => boolean

/**
 * Whether one authorization detail grants all wanted rights. Rights of several objects are never added up, and strings
 * are compared exactly. A wanted right that an object does not mention is not granted (RFC 9396 §2.2, §12).
 *
 * @throws TypeError that names a member of `wanted` that is unknown, of the wrong type, or an empty list. A member that
 * is not compared would count as granted.
 *
 * @example
 * ```ts
 * import { authorizationDetailsInclude } from '@token-introspection/core'
 *
 * const details = [{ type: 'payment', actions: ['read', 'initiate'], locations: ['https://pay.example.com'] }]
 * authorizationDetailsInclude(details, { type: 'payment', actions: ['initiate'] }) // true
 * ```
 */
export function authorizationDetailsInclude(details: AuthorizationDetails, wanted: WantedAuthorizationDetail): boolean {
  return readWantedDetail('wanted', wanted)(details)
}

/**
 * Reads the wanted rights of an authorization detail and returns the check.
 *
 * @param path - the path of the option, for messages.
 * @throws TypeError that names the member that is unknown, missing, of the wrong type, or an empty list.
 */
export function readWantedDetail(path: string, wanted: unknown): GrantsDetail {
  const group = new OptionGroup(path, wanted, ['type', 'identifier', ...LISTS])
  const type = group.string('type')
  if (type === undefined) throw group.error('type', 'is required (RFC 9396 §2)')
  const identifier = group.string('identifier')
  const lists = LISTS.flatMap((name) => {
    const values = group.strings(name)
    if (values?.length === 0)
      throw group.error(name, 'must name at least one value; leave the list out if you want none')
    return values === undefined ? [] : [{ name, values }]
  })
  return (details) =>
    details.some(
      (detail) =>
        detail.type === type &&
        (identifier === undefined || detail.identifier === identifier) &&
        lists.every(({ name, values }) => includesAll(detail[name], values)),
    )
}

/** Only an array counts: `includes` on a string would also match parts of it. */
function includesAll(granted: unknown, wanted: readonly string[]): boolean {
  return Array.isArray(granted) && wanted.every((value) => granted.includes(value))
}
