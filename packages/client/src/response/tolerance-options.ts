/** Options of step `response`: what is forgiven in answers that do not follow the standard. */
import { REGISTERED_MEMBERS, type RegisteredMembers } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'

/**
 * Option group `response.tolerate`: deviations of known servers, most of which are a `ResponseMalformedError`
 * without their option. All are off. Turn on what your server is documented to send, or take the preset of
 * `@token-introspection/client/providers` that does; what is forgiven is put right before the answer is held against
 * the schema, so that everything else about it is checked as ever.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 *
 * export const introspection = new IntrospectionClient({
 *   endpoint: 'https://as.example.com/introspect',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   response: { tolerate: { scopeAsArray: true }, aliases: { username: 'user_name' } },
 * })
 * ```
 */
export interface ToleranceOptions {
  /**
   * Takes the texts `"true"` and `"false"` for the booleans, in `active` alone; any other text stays malformed. Oracle
   * Identity Cloud Service and webMethods document a text. Default `false`.
   *
   * Security: a proxy that turns values into texts is no longer noticed (RFC 7662 §2.2 wants a boolean).
   */
  readonly activeAsString?: boolean | undefined
  /**
   * Takes an array of scope tokens for `scope`; an element that is none stays malformed. UAA sends one, and Gluu with
   * its setting for older clients. Default `false`.
   */
  readonly scopeAsArray?: boolean | undefined
  /**
   * Takes a comma in `scope` for the separator. LinkedIn sends such. Default `false`.
   *
   * Security: a comma may stand inside a scope token (RFC 6749 §3.3), and `a,b` then grants `a`, which nobody meant.
   */
  readonly scopeWithCommas?: boolean | undefined
  /**
   * Takes `exp`, `iat`, `nbf` and `auth_time` from 100000000000 on for milliseconds and drops the fraction. FusionAuth
   * documents `exp` and `iat` so, Janssen sends `nbf` so for tokens bound by DPoP, Spring Authorization Server 1.5
   * `auth_time` of ID tokens. Default `false`.
   */
  readonly timestampsInMilliseconds?: boolean | undefined
  /**
   * Takes `exp` of 0 for a token that does not expire. Doorkeeper before it left the member out. Default `false`.
   *
   * Security: such a token is active until the server says otherwise; without this it has expired in 1970.
   */
  readonly zeroExpiryAsAbsent?: boolean | undefined
  /**
   * Takes `null` for a member that is not there in `token_type`, `exp`, `iat`, `nbf`, `iss`, `aud`, `cnf`
   * and `exi` as well, and an empty
   * text in `scope`, `sub`, `username`, `client_id` and `jti` likewise. Janssen and Gluu send such. `null` in any other
   * member but `active` means that without this. Default `false`.
   *
   * Security: `exp` of `null` is then a token without expiry, `iss` of `null` an answer that names no issuer, and `cnf`
   * of `null` a token bound to no key.
   */
  readonly nullAsAbsent?: boolean | undefined
  /**
   * Takes a text in `exp`, `iat`, `nbf` and `auth_time` for the date it says: seconds since the epoch in digits, or a date
   * and time with its offset from UTC as RFC 3339 has it, such as `2026-11-29T20:35:35.352Z`. Any other text stays what it
   * is, which is malformed in `exp`, `iat` and `nbf`. Default `false`.
   */
  readonly datesAsText?: boolean | undefined
  /**
   * Takes `exp` from 9007199254740992 (2^53) on for a token that does not expire. Servers that write the largest integer
   * they have, such as 9223372036854775807, mean that. Default `false`.
   *
   * Security: such a token is active until the server says otherwise; without this its answer is malformed.
   */
  readonly hugeExpiryAsAbsent?: boolean | undefined
  /**
   * Takes an integer up to 2^53 for the text of its digits, in `sub`, `client_id`, `username`, `jti`, `acr` and `aud`, the
   * elements of a list among them. Servers whose identifiers are database keys send such. Default `false`.
   */
  readonly numbersAsText?: boolean | undefined
  /** Takes one object in `authorization_details` for a list of it. Default `false`. */
  readonly authorizationDetailsAsObject?: boolean | undefined
  /** Takes a text in `act` for the `sub` of the actor. WSO2 Identity Server sends one. Default `false`. */
  readonly actAsString?: boolean | undefined
  /**
   * Takes the names of UMA 1.0 in `permissions`, `resource_set_id` and `scopes`, for `resource_id` and
   * `resource_scopes`. MITREid Connect and OpenAM send such. Default `false`.
   */
  readonly uma1Permissions?: boolean | undefined
}

/** Members that servers use for something else than what is registered. */
export type MemberRenames = { readonly [Member in 'permissions' | 'username']?: string | undefined }

/** Names the server uses for registered members. */
export type MemberAliases = { readonly [Member in keyof RegisteredMembers]?: string | undefined }

/** The defaults of the group. */
export const toleranceDefaults = Object.freeze({
  activeAsString: false,
  scopeAsArray: false,
  scopeWithCommas: false,
  timestampsInMilliseconds: false,
  zeroExpiryAsAbsent: false,
  nullAsAbsent: false,
  datesAsText: false,
  hugeExpiryAsAbsent: false,
  numbersAsText: false,
  authorizationDetailsAsObject: false,
  actAsString: false,
  uma1Permissions: false,
})

const NAMES = Object.keys(toleranceDefaults) as readonly (keyof ToleranceOptions)[]

/** What is forgiven, and what is called otherwise. */
export interface Tolerance extends Readonly<Record<keyof ToleranceOptions, boolean>> {
  /** The registered member, and its name at the server. */
  readonly aliases: readonly (readonly [string, string])[]
  /** The member that means something else, and the name it gets. */
  readonly renames: readonly (readonly [string, string])[]
}

/** Resolves `tolerate`, `aliases` and `renames` of group `response`; `undefined` when nothing is forgiven. */
export function resolveTolerance(response: OptionGroup): Tolerance | undefined {
  const group = new OptionGroup(response.path('tolerate'), response.raw('tolerate'), NAMES)
  const flags = NAMES.map((name) => [name, group.boolean(name, toleranceDefaults[name])] as const)
  const aliases = resolveAliases(response)
  const renames = resolveRenames(response)
  if (aliases.length === 0 && renames.length === 0 && !flags.some(([, given]) => given)) return undefined
  return Object.freeze({ ...(Object.fromEntries(flags) as Record<keyof ToleranceOptions, boolean>), aliases, renames })
}

function resolveRenames(response: OptionGroup): Tolerance['renames'] {
  const names = ['permissions', 'username'] as const
  const group = new OptionGroup(response.path('renames'), response.raw('renames'), names)
  return names.flatMap((member) => {
    const name = group.string(member)
    if (name === undefined) return []
    if (REGISTERED_MEMBERS.has(name)) throw group.error(member, 'must not be a member that is registered itself')
    return [[member, name] as const]
  })
}

function resolveAliases(response: OptionGroup): Tolerance['aliases'] {
  // Nothing else is ever `active`: what the server calls so is all that says whether the token is good.
  const members = [...REGISTERED_MEMBERS].filter((member) => member !== 'active')
  const group = new OptionGroup(response.path('aliases'), response.raw('aliases'), members)
  return members.flatMap((member) => {
    const alias = group.string(member)
    if (alias === undefined) return []
    if (REGISTERED_MEMBERS.has(alias)) throw group.error(member, 'must not be a member that is registered itself')
    return [[member, alias] as const]
  })
}
