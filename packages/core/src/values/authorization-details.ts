/** The `authorization_details` member: rich authorization (RFC 9396 §2, §9.2). */
import * as z from 'zod/mini'

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

/** One authorization detail. Its rights are the product of its own fields, never of two objects' (RFC 9396 §2.2). */
export type AuthorizationDetail = AuthorizationDetails[number]

/** What an authorization detail has to grant: each list is covered by that of one and the same object. */
export interface WantedAuthorizationDetail {
  readonly type: string
  readonly locations?: readonly string[] | undefined
  readonly actions?: readonly string[] | undefined
  readonly datatypes?: readonly string[] | undefined
  readonly identifier?: string | undefined
  readonly privileges?: readonly string[] | undefined
}

const LISTS = ['locations', 'actions', 'datatypes', 'privileges'] as const

/**
 * Whether one authorization detail grants all of what is wanted. Rights of several objects are never added up, strings are
 * compared as they stand, and what is wanted but not mentioned by an object is not granted by it (RFC 9396 §2.2, §12).
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
  return details.some(
    (detail) =>
      detail.type === wanted.type &&
      (wanted.identifier === undefined || detail.identifier === wanted.identifier) &&
      LISTS.every((name) => wanted[name]?.every((value) => detail[name]?.includes(value) === true) ?? true),
  )
}
