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
