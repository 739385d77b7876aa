/** Reads the options of one guard. */
import {
  isIssuer,
  isScopeToken,
  parseScope,
  readWantedDetail,
  readWantedPermission,
  type UrlRules,
} from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { positionFault } from '../revocations/position-fault.ts'
import { NO_OFFLINE_ACCESS, OFFLINE_ACCESS } from './offline-access.ts'
import { oneOrMore } from './one-or-more.ts'
import type { Policy, ScopeRule } from './policy.ts'
import { type CustomCheck, GUARD_OPTIONS, type GuardOptions, type OptionalGuardOptions } from './policy-options.ts'
import { type InheritedPolicy, readInherited } from './resolve-policy.ts'
import type { ScopeHierarchy } from './scope-implications.ts'

/** The resolved options of a guard. */
export interface ResolvedGuard {
  readonly policy: Policy
  readonly realm: string
  readonly resourceMetadata: string | undefined
  readonly check: CustomCheck | undefined
  readonly optional: boolean
  readonly maxAgeSeconds: number | undefined
  readonly notOlderThan: (() => string | undefined) | undefined
}

/** Reads the options of one guard. They override those of the client. */
export function resolveGuardOptions<Claims extends object>(
  options: GuardOptions<Claims> | OptionalGuardOptions<Claims>,
  inherited: InheritedPolicy,
): ResolvedGuard {
  const group = new OptionGroup('guard', options, GUARD_OPTIONS)
  const {
    audience,
    realm,
    tokenKind,
    acceptedTokenTypes,
    scopeHierarchy,
    senderConstraint,
    resourceMetadata,
    confirmation,
  } = readInherited(group, inherited)
  if (audience === undefined) {
    throw group.error(
      'audience',
      'is required: the identifier of this resource server, or false if you check the audience elsewhere',
    )
  }
  const seconds = { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER }
  return Object.freeze({
    policy: Object.freeze({
      tokenKind,
      acceptedTokenTypes,
      issuers: resolveIssuers(group),
      audience,
      senderConstraint,
      confirmation,
      scope: resolveScope(group, scopeHierarchy),
      authorizationDetails: resolveAuthorizationDetails(group),
      permission: resolvePermission(group),
      acrValues: resolveAcrValues(group),
      maxAuthenticationAgeSeconds: group.has('maxAuthenticationAgeSeconds')
        ? group.integer('maxAuthenticationAgeSeconds', seconds)
        : undefined,
    }),
    realm,
    resourceMetadata,
    check: group.function<CustomCheck>('check'),
    optional: group.boolean('optional', false),
    maxAgeSeconds: group.has('maxAgeSeconds')
      ? group.number('maxAgeSeconds', { default: 0, min: 0, max: 86_400 })
      : undefined,
    notOlderThan: resolveNotOlderThan(group),
  })
}

function resolveNotOlderThan(group: OptionGroup): ResolvedGuard['notOlderThan'] {
  const given = group.raw('notOlderThan')
  if (given === undefined) return undefined
  const check = (value: unknown): string | undefined => {
    const fault = value === undefined ? undefined : positionFault(value)
    if (fault !== undefined) throw group.error('notOlderThan', fault)
    return value as string | undefined
  }
  if (typeof given === 'function') return () => check((given as () => unknown)())
  const position = check(given)
  return () => position
}

function resolveScope(group: OptionGroup, hierarchy: ScopeHierarchy): ScopeRule {
  const given = group.raw('scope')
  const { enoughFor } = hierarchy
  if (given === undefined) return Object.freeze({ alternatives: [[]], wanted: undefined, enoughFor })
  if (typeof given === 'function') {
    const accepts = given as NonNullable<ScopeRule['accepts']>
    return Object.freeze({
      alternatives: [],
      accepts: (scope: readonly string[]) => accepts(hierarchy.withImplied(scope)),
      wanted: undefined,
      enoughFor,
    })
  }
  const tokensOf = (list: string): readonly string[] => {
    const tokens = parseScope(list)
    // A scope of spaces alone would require nothing.
    if (tokens.length === 0 || !tokens.every(isScopeToken)) {
      throw group.error('scope', 'must be scope tokens with a space between them')
    }
    if (tokens.includes(OFFLINE_ACCESS)) throw group.error('scope', NO_OFFLINE_ACCESS)
    return tokens
  }
  const lists =
    typeof given === 'object' && given !== null && !Array.isArray(given)
      ? new OptionGroup(group.path('scope'), given, ['anyOf']).strings('anyOf')
      : oneOrMore(group, 'scope')
  if (lists === undefined || lists.length === 0) throw group.error('scope', 'must name at least one scope')
  const read = lists.map(tokensOf)
  // The elements of an array are one list together.
  const required = Array.isArray(given) ? [read.flat()] : read
  const alternatives = required.map((tokens) => Object.freeze(tokens.map((token) => enoughFor(token))))
  return Object.freeze({ alternatives: Object.freeze(alternatives), wanted: required[0]?.join(' '), enoughFor })
}

function resolveAuthorizationDetails(group: OptionGroup): Policy['authorizationDetails'] {
  const given = group.raw('authorizationDetails')
  if (given === undefined) return undefined
  if (typeof given === 'function') return given as Policy['authorizationDetails']
  return readWantedDetail(group.path('authorizationDetails'), given)
}

function resolvePermission(group: OptionGroup): Policy['permission'] {
  return group.has('permission') ? readWantedPermission(group.path('permission'), group.raw('permission')) : undefined
}

function resolveIssuers(group: OptionGroup): ReadonlySet<string> | undefined {
  const issuers = oneOrMore(group, 'issuer')
  // The issuer is only compared and not called, so http is allowed here.
  if (issuers?.every((issuer) => isIssuer(issuer, anyHttp(issuers))) === false) {
    throw group.error('issuer', 'must be an https or http URL without query and fragment (RFC 8414 §2)')
  }
  return issuers && new Set(issuers)
}

function anyHttp(urls: readonly string[]): UrlRules {
  return { allowHttpOrigins: new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin)) }
}

/** A challenge lists the classes with a space between them (RFC 9470 §3). */
function resolveAcrValues(group: OptionGroup): readonly string[] | undefined {
  const values = oneOrMore(group, 'acrValues')
  if (values?.every((value) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)) === false) {
    throw group.error('acrValues', 'must be printable ASCII without spaces and quotes')
  }
  return values
}
