/** The introspection response (RFC 7662 §2.2): active with its members, or inactive and nothing else. */
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
 * Every member of the IANA registry "OAuth Token Introspection Response" besides `active`. All are optional.
 */
export interface RegisteredMembers {
  /** Scope tokens with one space between them (RFC 7662 §2.2, RFC 6749 §3.3). */
  scope?: string | undefined
  /** The client the token was issued to, not the protected resource that asks (RFC 7662 §2.2). */
  client_id?: string | undefined
  /** For people to read. Never an account key: that is `iss` with `sub` (RFC 7662 §2.2). */
  username?: string | undefined
  /** `Bearer`, `DPoP`, `N_A` or `PoP`, compared without case (RFC 6749 §5.1). */
  token_type?: string | undefined
  /** Seconds since the epoch when the token expires (RFC 7662 §2.2). */
  exp?: number | undefined
  /** Seconds since the epoch when the token was issued (RFC 7662 §2.2). */
  iat?: number | undefined
  /** Seconds since the epoch before which the token is not to be used (RFC 7662 §2.2). */
  nbf?: number | undefined
  /** Who authorized the token; for a token without a user, often the client (RFC 7662 §2.2). */
  sub?: string | undefined
  /** Whom the token is for (RFC 7662 §2.2). */
  aud?: Audience | undefined
  /** The authorization server that issued the token (RFC 7662 §2.2). */
  iss?: string | undefined
  /** The identifier of the token (RFC 7662 §2.2). */
  jti?: string | undefined
  /** Which key the token is bound to (RFC 7800 §3.1, RFC 8705 §3.2, RFC 9449 §6.2). */
  cnf?: Confirmation | undefined
  /** Who acts for the subject (RFC 8693 §4.1). */
  act?: Actor | undefined
  /** Who may become the actor; not a grant (RFC 8693 §4.4). */
  may_act?: MayAct | undefined
  /** How the user authenticated (RFC 9470 §6.2). */
  acr?: string | undefined
  /** Seconds since the epoch when the user authenticated (RFC 9470 §6.2). */
  auth_time?: number | undefined
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
  /** Nonce a resource server handed out, base64url (RFC 9200 §5.9.2). */
  cnonce?: string | undefined
  /** CWT identifier, base64url (RFC 9200 §5.9.2). */
  cti?: string | undefined
  /** Seconds the token lives from when it is first seen (RFC 9200 §5.9.2). */
  exi?: number | undefined
}

/**
 * The answer for a token that is active, with your extension claims typed by `Claims`. Members nobody declared
 * are kept and typed `unknown`.
 */
export type ActiveIntrospectionResponse<Claims extends object = object> = {
  active: true
  /**
   * Registered members that the answer had in a shape nobody expects, and that were left out for it: see
   * {@link readIntrospectionResponse}. It never comes from the wire. `undefined` when there is none.
   */
  unreadableMembers?: readonly string[] | undefined
} & RegisteredMembers &
  Claims & { [member: string]: unknown }

/** The answer for a token that is not active, whatever the reason (RFC 7662 §2.2). */
export interface InactiveIntrospectionResponse {
  active: false
}

/** The introspection response, discriminated on `active`. */
export type IntrospectionResponse<Claims extends object = object> =
  | ActiveIntrospectionResponse<Claims>
  | InactiveIntrospectionResponse

const BASE64URL = /^[A-Za-z0-9_-]*$/

/**
 * Schema of an active response: every registered member in its registered type, unknown members kept
 * (RFC 7662 §2.2). It is what both the handler's output and the client's input are held against.
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
  authorization_details: z.optional(authorizationDetailsSchema),
  permissions: z.optional(permissionsSchema),
  vot: z.optional(z.string()),
  vtm: z.optional(z.string()),
  ace_profile: z.optional(z.string()),
  cnonce: z.optional(z.string().check(z.regex(BASE64URL))),
  cti: z.optional(z.string().check(z.regex(BASE64URL))),
  exi: z.optional(z.int().check(z.gte(0))),
})

/** Names of {@link RegisteredMembers}, and `active`: reserved for what the registry gives them. */
export const REGISTERED_MEMBERS: ReadonlySet<string> = new Set(Object.keys(activeIntrospectionResponseSchema.shape))

/** The one member of ours in what is read from others. */
export const UNREADABLE_MEMBERS = 'unreadableMembers'

/** The inactive answer: always this one, with no other member (RFC 7662 §2.2). */
export const INACTIVE: Readonly<InactiveIntrospectionResponse> = Object.freeze({ active: false })

// Compiled once: six times faster than interpreting. Without `eval` it falls back to interpreting by itself.
const compiledActiveSchema = z.compile(activeIntrospectionResponseSchema)

const DOCUMENT = 'introspection response'

/**
 * Parses an introspection response that JSON parsing produced. Only the boolean `true` is active. An inactive
 * answer loses every other member. Unknown members of an active one are kept. Fractions of
 * seconds are dropped.
 *
 * @param value - any value; nothing is assumed of it.
 * @throws {@link ResponseMalformedError} when it is not an object, `active` is not a boolean, or a registered
 * member has another type than the registry gives it. `null` is not "absent".
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
 * Members without which an answer still says whether the token is good, whose it is, for whom and for how long. What a
 * route demands of one of them it does not get: a guard refuses.
 */
const DISPENSABLE: ReadonlySet<string> = new Set([
  'username',
  'may_act',
  'acr',
  'auth_time',
  'authorization_details',
  'permissions',
  'vot',
  'vtm',
  'ace_profile',
  'cnonce',
  'cti',
])

/** Where `null` for "absent" would take a check away. */
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
 * Reads what an authorization server says, as {@link parseIntrospectionResponse} does, and does not let one odd member
 * cost the whole answer. `username`, `may_act`, `acr`, `auth_time`, `authorization_details`, `permissions`, `vot`, `vtm`,
 * `ace_profile`, `cnonce` and `cti` are left out where they have another type than the registry gives them, and named in
 * `unreadableMembers`, such as `permissions` that is a list of texts. `null` is "absent", except where that would take a
 * check away: in `token_type`, `exp`, `iat`, `nbf`, `iss`, `aud`, `cnf` and `exi`.
 *
 * Security: whoever decides by a member that may be left out has to look into `unreadableMembers`, because "absent" may
 * mean less to them than what the server tried to say. Guards do.
 *
 * @param value - any value; nothing is assumed of it.
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

/** Only for answers with something odd in them, so that the others cost no more than they did. */
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

/** The members of an active answer, dates in whole seconds; `undefined` for an inactive one. */
function activeMembers(value: unknown): Members | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ResponseMalformedError('the introspection response is not an object')
  }
  const active: unknown = Object.hasOwn(value, 'active') ? (value as { active: unknown }).active : undefined
  if (active === false) return undefined
  if (active !== true) throw new ResponseMalformedError('the member "active" is not a boolean')
  return withWholeDates(value as Members)
}

/** A copy that has no `__proto__` of the sender's for its prototype. */
function without(members: Members, names: Iterable<string>): Members {
  const left = { ...members }
  for (const name of names) delete left[name]
  return left
}
