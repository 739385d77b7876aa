/** The introspection response (RFC 7662 §2.2): active with its members, or inactive with no other member. */
import * as z from 'zod/mini'
import { ResponseMalformedError } from '../errors.ts'
import { type Actor, actorSchema, type MayAct, mayActSchema } from '../values/actor.ts'
import { type Audience, audienceSchema } from '../values/audience.ts'
import { type AuthorizationDetails, authorizationDetailsSchema } from '../values/authorization-details.ts'
import { type Confirmation, confirmationSchema } from '../values/confirmation.ts'
import { numericDateSchema, withWholeDates } from '../values/numeric-date.ts'
import { type Permissions, permissionsSchema } from '../values/permissions.ts'
import { parseMembers, readMembers, wrongMembers } from './parse-members.ts'

/**
 * Every member of the IANA registry "OAuth Token Introspection Response" besides `active`, and `amr` and `sid` of the registry "JSON Web
 * Token Claims", which many servers add (RFC 7662 §2.2 allows more members). All are optional.
 */
export interface RegisteredMembers {
  /** Scope tokens with one space between them (RFC 7662 §2.2, RFC 6749 §3.3). */
  scope?: string | undefined
  /** The client that the token was issued to, not the protected resource that asks (RFC 7662 §2.2). */
  client_id?: string | undefined
  /** A name for people to read. Never use it as an account key: the key is `iss` with `sub` (RFC 7662 §2.2). */
  username?: string | undefined
  /** `Bearer`, `DPoP`, `N_A` or `PoP`, compared without case (RFC 6749 §5.1). */
  token_type?: string | undefined
  /** Seconds since the epoch when the token expires (RFC 7662 §2.2). */
  exp?: number | undefined
  /** Seconds since the epoch when the token was issued (RFC 7662 §2.2). */
  iat?: number | undefined
  /** Seconds since the epoch before which the token must not be used (RFC 7662 §2.2). */
  nbf?: number | undefined
  /** The user who authorized the token. For a token without a user, often the client (RFC 7662 §2.2). */
  sub?: string | undefined
  /** The resource servers that the token is for (RFC 7662 §2.2). */
  aud?: Audience | undefined
  /** The authorization server that issued the token (RFC 7662 §2.2). */
  iss?: string | undefined
  /** The identifier of the token (RFC 7662 §2.2). */
  jti?: string | undefined
  /** The key that the token is bound to (RFC 7800 §3.1, RFC 8705 §3.2, RFC 9449 §6.2). */
  cnf?: Confirmation | undefined
  /** The party that acts for the subject (RFC 8693 §4.1). */
  act?: Actor | undefined
  /** The party that may become the actor. It grants nothing by itself (RFC 8693 §4.4). */
  may_act?: MayAct | undefined
  /** How the user authenticated (RFC 9470 §6.2). */
  acr?: string | undefined
  /** Seconds since the epoch when the user authenticated (RFC 9470 §6.2). */
  auth_time?: number | undefined
  /** The methods by which the user authenticated, such as `pwd` and `otp`. Their order means nothing (RFC 8176 §1). */
  amr?: readonly string[] | undefined
  /** The session of the user at the authorization server (OpenID Connect Front-Channel Logout 1.0 §3). */
  sid?: string | undefined
  /** Rich authorization (RFC 9396 §9.2). */
  authorization_details?: AuthorizationDetails | undefined
  /** The permissions of a requesting party token (UMA 2.0 Federated Authorization §5.1.1). */
  permissions?: Permissions | undefined
  /** Vector of trust (RFC 8485 §3.2). */
  vot?: string | undefined
  /** Where the vector of trust is defined (RFC 8485 §3.2). */
  vtm?: string | undefined
  /** ACE profile (RFC 9200 §5.9.2). */
  ace_profile?: string | undefined
  /** A nonce from the resource server, base64url (RFC 9200 §5.9.2). */
  cnonce?: string | undefined
  /** CWT identifier, base64url (RFC 9200 §5.9.2). */
  cti?: string | undefined
  /** The lifetime of the token in seconds, from the moment it is first seen (RFC 9200 §5.9.2). */
  exi?: number | undefined
}

/**
 * The answer for an active token. `Claims` is the type of your extension claims. Undeclared members are kept, with the
 * type `unknown`.
 */
export type ActiveIntrospectionResponse<Claims extends object = object> = {
  active: true
  /**
   * Names of registered members that the answer had in an unexpected form, and that were left out for this reason: see
   * {@link readIntrospectionResponse}. This list never comes from the wire. `undefined` when every member was readable.
   */
  unreadableMembers?: readonly string[] | undefined
} & RegisteredMembers &
  Claims & { [member: string]: unknown }

/** The answer for a token that is not active, for any reason (RFC 7662 §2.2). */
export interface InactiveIntrospectionResponse {
  active: false
}

/** The introspection response, discriminated on `active`. */
export type IntrospectionResponse<Claims extends object = object> =
  | ActiveIntrospectionResponse<Claims>
  | InactiveIntrospectionResponse

const BASE64URL = /^[A-Za-z0-9_-]*$/

/**
 * Schema of an active response: every registered member in its registered type, unknown members kept (RFC 7662 §2.2).
 * The handler checks its output against it, and the client its input.
 */
export const activeIntrospectionResponseSchema = z.looseObject({
  active: z.literal(true),
  scope: z.optional(z.string()),
  client_id: z.optional(z.string()),
  username: z.optional(z.string()),
  token_type: z.optional(z.string()),
  exp: z.optional(numericDateSchema),
  iat: z.optional(numericDateSchema),
  nbf: z.optional(numericDateSchema),
  sub: z.optional(z.string()),
  aud: z.optional(audienceSchema),
  iss: z.optional(z.string()),
  jti: z.optional(z.string()),
  cnf: z.optional(confirmationSchema),
  act: z.optional(actorSchema),
  may_act: z.optional(mayActSchema),
  acr: z.optional(z.string()),
  auth_time: z.optional(z.number().check(z.gte(0), z.lt(1e11))),
  amr: z.optional(z.array(z.string())),
  sid: z.optional(z.string()),
  authorization_details: z.optional(authorizationDetailsSchema),
  permissions: z.optional(permissionsSchema),
  vot: z.optional(z.string()),
  vtm: z.optional(z.string()),
  ace_profile: z.optional(z.string()),
  cnonce: z.optional(z.string().check(z.regex(BASE64URL))),
  cti: z.optional(z.string().check(z.regex(BASE64URL))),
  exi: z.optional(z.int().check(z.gte(0))),
})

/** Names of {@link RegisteredMembers}, and `active`. Extension claims cannot use these names. */
export const REGISTERED_MEMBERS: ReadonlySet<string> = new Set(Object.keys(activeIntrospectionResponseSchema.shape))

/** The one member that this package adds to an answer it reads. */
export const UNREADABLE_MEMBERS = 'unreadableMembers'

/** The inactive answer: one frozen object for all, without other members (RFC 7662 §2.2). */
export const INACTIVE: Readonly<InactiveIntrospectionResponse> = Object.freeze({ active: false })

// Compiled once, which is six times faster than interpreting. Where `eval` is forbidden, zod interprets the schema.
const compiledActiveSchema = z.compile(activeIntrospectionResponseSchema)

const DOCUMENT = 'introspection response'

/**
 * Parses an introspection response that JSON parsing produced. Only the boolean `true` is active. An inactive answer
 * loses every other member. An active answer keeps its unknown members. Fractions of seconds are dropped.
 *
 * @param value - any value.
 * @throws {@link ResponseMalformedError} when it is not an object, `active` is not a boolean, or a registered member
 * has another type than the registry gives it. `null` does not count as absent.
 *
 * @example
 * ```ts
 * import { parseIntrospectionResponse } from '@token-introspection/core'
 *
 * const response = parseIntrospectionResponse({ active: true, scope: 'orders:read', exp: 1764000000 })
 * if (response.active) console.log(response.scope) // 'orders:read'
 * ```
 * @see [RFC 7662 §2.2](https://www.rfc-editor.org/rfc/rfc7662.html#section-2.2)
 */
export function parseIntrospectionResponse(value: unknown): IntrospectionResponse {
  const members = activeMembers(value)
  return members === undefined ? INACTIVE : parseMembers(compiledActiveSchema, members, DOCUMENT)
}

/**
 * Members that an answer can do without: it still says whether the token is active, whose it is, for whom and for how
 * long. A guard refuses when a route requires one of these and it is unreadable.
 */
const DISPENSABLE: ReadonlySet<string> = new Set([
  'username',
  'may_act',
  'acr',
  'auth_time',
  'amr',
  'sid',
  'authorization_details',
  'permissions',
  'vot',
  'vtm',
  'ace_profile',
  'cnonce',
  'cti',
])

/** Members in which `null` must not count as absent, because that would skip a check. */
const NEVER_NULL: ReadonlySet<string> = new Set([
  'active',
  'token_type',
  'exp',
  'iat',
  'nbf',
  'iss',
  'aud',
  'cnf',
  'exi',
])

/**
 * Reads an answer of an authorization server as {@link parseIntrospectionResponse} does, but one odd member does not
 * make the whole answer unusable. `username`, `may_act`, `acr`, `auth_time`, `amr`, `sid`, `authorization_details`,
 * `permissions`, `vot`, `vtm`, `ace_profile`, `cnonce` and `cti` are left out when their type is not the registered one, for example
 * `permissions` with a list of strings. `unreadableMembers` then names them. `null` counts as absent, except in
 * `token_type`, `exp`, `iat`, `nbf`, `iss`, `aud`, `cnf` and `exi`, where that would skip a check.
 *
 * Security: code that decides by one of these members has to check `unreadableMembers` first. Without that check, an
 * unreadable restriction looks like an absent one. Guards do this check.
 *
 * @param value - any value.
 * @throws {@link ResponseMalformedError} when it is not an object, `active` is not a boolean, or any other registered
 * member has another type.
 *
 * @example
 * ```ts
 * import { readIntrospectionResponse } from '@token-introspection/core'
 *
 * const response = readIntrospectionResponse({ active: true, sub: 'alice', permissions: ['orders:read'] })
 * // { active: true, sub: 'alice', unreadableMembers: ['permissions'] }
 * ```
 */
export function readIntrospectionResponse(value: unknown): IntrospectionResponse {
  const sent = activeMembers(value)
  if (sent === undefined) return INACTIVE
  const members = Object.hasOwn(sent, UNREADABLE_MEMBERS) ? without(sent, [UNREADABLE_MEMBERS]) : sent
  const read = readMembers(compiledActiveSchema, members, DOCUMENT)
  return read.success ? read.members : readRest(members, read.faults)
}

/** Runs only for answers with an odd member, so that the other answers cost nothing extra. */
function readRest(members: Members, faults: ReadonlySet<string>): IntrospectionResponse {
  const unreadable: string[] = []
  const needed: string[] = []
  for (const name of faults) {
    if (members[name] === null && !NEVER_NULL.has(name)) continue
    if (DISPENSABLE.has(name)) unreadable.push(name)
    else needed.push(name)
  }
  if (needed.length > 0) throw wrongMembers(needed, DOCUMENT)
  const response = parseMembers(compiledActiveSchema, without(members, faults), DOCUMENT)
  return unreadable.length === 0 ? response : { ...response, [UNREADABLE_MEMBERS]: unreadable }
}

type Members = Readonly<Record<string, unknown>>

/** The members of an active answer, with dates in whole seconds; `undefined` for an inactive answer. */
function activeMembers(value: unknown): Members | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ResponseMalformedError('the introspection response is not an object')
  }
  const active: unknown = Object.hasOwn(value, 'active') ? (value as { active: unknown }).active : undefined
  if (active === false) return undefined
  if (active !== true) throw new ResponseMalformedError('the member "active" is not a boolean')
  return withWholePermissions(withWholeDates(value as Members))
}

/** The dates inside `permissions` are rounded as those of the answer are. */
function withWholePermissions(members: Members): Members {
  const permissions: unknown = Object.hasOwn(members, 'permissions') ? members['permissions'] : undefined
  if (!Array.isArray(permissions)) return members
  const whole = permissions.map((one: unknown) => (typeof one === 'object' && one !== null ? withWholeDates(one) : one))
  return whole.every((one, index) => one === permissions[index]) ? members : { ...members, permissions: whole }
}

/** A copy without the named members. Its prototype is `Object.prototype`, whatever `__proto__` the sender sent. */
function without(members: Members, names: Iterable<string>): Members {
  const left = { ...members }
  for (const name of names) delete left[name]
  return left
}
