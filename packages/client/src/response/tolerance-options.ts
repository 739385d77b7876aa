/** Options of step `response`: tolerated deviations from the standard. */
import { REGISTERED_MEMBERS, type RegisteredMembers } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'

/**
 * Option group `response.tolerate`: deviations of known servers. Without its option, most of them are a
 * `ResponseMalformedError`. All are off by default. Turn on those that your server is documented to send, or use its
 * preset of `@token-introspection/client/providers`. The client corrects the deviation before it checks the answer with
 * the schema, so every other check stays.
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
   * Reads the strings `"true"` and `"false"` as booleans, only in `active`. Any other string stays malformed. Oracle
   * Identity Cloud Service and webMethods document a string. Default `false`.
   *
   * Security: the client no longer notices a proxy that turns values into strings (RFC 7662 §2.2 requires a boolean).
   */
  readonly activeAsString?: boolean | undefined
  /**
   * Reads an array of scope tokens as `scope`. An element that is not a scope token stays malformed. UAA sends arrays,
   * and Gluu with its setting for older clients. Default `false`.
   */
  readonly scopeAsArray?: boolean | undefined
  /**
   * Reads a comma in `scope` as a separator. LinkedIn sends commas. Default `false`.
   *
   * Security: a scope token may contain a comma (RFC 6749 §3.3). With this option, the token `a,b` also grants `a`.
   */
  readonly scopeWithCommas?: boolean | undefined
  /**
   * Reads `exp`, `iat`, `nbf` and `auth_time` from 100000000000 on as milliseconds and drops the fraction. FusionAuth
   * documents `exp` and `iat` in milliseconds, Janssen sends `nbf` of DPoP-bound tokens so, Spring Authorization Server
   * 1.5 `auth_time` of ID tokens. Default `false`.
   */
  readonly timestampsInMilliseconds?: boolean | undefined
  /**
   * Reads `exp` of 0 as a token that does not expire. Older versions of Doorkeeper send it. Default `false`.
   *
   * Security: such a token is active until the server calls it inactive. Without this option it expired in 1970.
   */
  readonly zeroExpiryAsAbsent?: boolean | undefined
  /**
   * Reads `null` as absent in `token_type`, `exp`, `iat`, `nbf`, `iss`, `aud`, `cnf` and `exi` as well, and an empty
   * string as absent in `scope`, `sub`, `username`, `client_id` and `jti`. Janssen and Gluu send such answers. In any
   * other member except `active`, `null` means absent without this option. Default `false`.
   *
   * Security: `exp` of `null` is then a token without expiry, `iss` of `null` an answer that names no issuer, and `cnf`
   * of `null` a token bound to no key.
   */
  readonly nullAsAbsent?: boolean | undefined
  /**
   * Reads a string in `exp`, `iat`, `nbf` and `auth_time` as a date: digits as seconds since the epoch, or a date and
   * time with its offset from UTC (RFC 3339), such as `2026-11-29T20:35:35.352Z`. Any other string is not changed, and
   * so is malformed in `exp`, `iat` and `nbf`. Default `false`.
   */
  readonly datesAsText?: boolean | undefined
  /**
   * Reads `exp` from 9007199254740992 (2^53) on as a token that does not expire. Some servers write their largest
   * integer, such as 9223372036854775807, for such tokens. Default `false`.
   *
   * Security: such a token is active until the server calls it inactive. Without this option its answer is malformed.
   */
  readonly hugeExpiryAsAbsent?: boolean | undefined
  /**
   * Reads an integer up to 2^53 as the string of its digits, in `sub`, `client_id`, `username`, `jti`, `acr` and `aud`,
   * also in the elements of a list. Servers whose identifiers are database keys send integers. Default `false`.
   */
  readonly numbersAsText?: boolean | undefined
  /** Reads one object in `authorization_details` as a list with that object. Default `false`. */
  readonly authorizationDetailsAsObject?: boolean | undefined
  /** Reads a string in `act` as the `sub` of the actor. WSO2 Identity Server sends a string. Default `false`. */
  readonly actAsString?: boolean | undefined
  /**
   * Reads the names of UMA 1.0 in `permissions`, `resource_set_id` and `scopes`, as `resource_id` and
   * `resource_scopes`. MITREid Connect and OpenAM send these names. Default `false`.
   */
  readonly uma1Permissions?: boolean | undefined
}

/** Members that some servers use with another meaning than the registered one. */
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

/** The tolerated deviations and the other names. */
export interface Tolerance extends Readonly<Record<keyof ToleranceOptions, boolean>> {
  /** The registered member, and its name at the server. */
  readonly aliases: readonly (readonly [string, string])[]
  /** The member that means something else, and the name it gets. */
  readonly renames: readonly (readonly [string, string])[]
}

/** Resolves `tolerate`, `aliases` and `renames` of group `response`; `undefined` when all are off. */
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
    if (REGISTERED_MEMBERS.has(name)) throw group.error(member, 'must not be a registered member itself')
    return [[member, name] as const]
  })
}

function resolveAliases(response: OptionGroup): Tolerance['aliases'] {
  // `active` alone decides whether the token is good, so no other member may stand for it.
  const members = [...REGISTERED_MEMBERS].filter((member) => member !== 'active')
  const group = new OptionGroup(response.path('aliases'), response.raw('aliases'), members)
  return members.flatMap((member) => {
    const alias = group.string(member)
    if (alias === undefined) return []
    if (REGISTERED_MEMBERS.has(alias)) throw group.error(member, 'must not be a registered member itself')
    return [[member, alias] as const]
  })
}
