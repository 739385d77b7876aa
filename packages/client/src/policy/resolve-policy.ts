/** Reads the options of step `policy`, of a client and of its guards: what every guard may inherit. */
import { readTokenKind, readTokenTypes, type UrlRules } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { resolveConfirmation } from './confirmation/confirmation-options.ts'
import type { ConfirmationStep, SenderConstraint } from './confirmation/confirmation.ts'
import { oneOrMore } from './one-or-more.ts'
import type { TokenKind } from './policy.ts'
import { INHERITED_OPTIONS, policyDefaults } from './policy-options.ts'
import { FLAT_HIERARCHY, readScopeImplications, type ScopeHierarchy } from './scope-implications.ts'

/** The settings that every guard of a client inherits. */
export interface InheritedPolicy {
  readonly audience: readonly string[] | false | undefined
  readonly realm: string
  readonly tokenKind: TokenKind | undefined
  readonly acceptedTokenTypes: ReadonlySet<string> | undefined
  readonly scopeHierarchy: ScopeHierarchy
  readonly senderConstraint: SenderConstraint | undefined
  readonly resourceMetadata: string | undefined
  readonly confirmation: ConfirmationStep
}

/**
 * The options of the client.
 *
 * @param urlRules - which origins of this API may use plain http.
 * @param nowMs - milliseconds since the epoch.
 */
export function resolvePolicyDefaults(options: OptionGroup, urlRules: UrlRules, nowMs: () => number): InheritedPolicy {
  const group = new OptionGroup('policy', options.raw('policy'), [...INHERITED_OPTIONS, 'dpop', 'certificate'])
  const none: InheritedPolicy = {
    audience: undefined,
    realm: policyDefaults.realm,
    tokenKind: undefined,
    acceptedTokenTypes: undefined,
    scopeHierarchy: FLAT_HIERARCHY,
    senderConstraint: undefined,
    resourceMetadata: undefined,
    confirmation: resolveConfirmation(group, urlRules, nowMs),
  }
  const inherited = readInherited(group, none)
  return Object.freeze({ ...inherited, audience: resolveAudience(options) ?? inherited.audience })
}

/** Reads options that replace those above, one by one. */
export function readInherited(group: OptionGroup, above: InheritedPolicy): InheritedPolicy {
  const tokenKind = readTokenKind(group, 'tokenKind')
  return {
    audience: resolveAudience(group) ?? above.audience,
    realm: resolveRealm(group) ?? above.realm,
    tokenKind: tokenKind === false ? undefined : (tokenKind ?? above.tokenKind),
    acceptedTokenTypes: readTokenTypes(group, 'acceptedTokenTypes') ?? above.acceptedTokenTypes,
    scopeHierarchy: readScopeImplications(group, 'scopeImplications') ?? above.scopeHierarchy,
    senderConstraint: resolveSenderConstraint(group, above.confirmation) ?? above.senderConstraint,
    resourceMetadata: resolveResourceMetadata(group) ?? above.resourceMetadata,
    confirmation: above.confirmation,
  }
}

function resolveSenderConstraint(group: OptionGroup, { dpop, certificate }: ConfirmationStep) {
  const words = ['dpop', 'certificate', 'any'] as const
  const word = group.has('senderConstraint') ? group.oneOf('senderConstraint', words, 'any') : undefined
  const [needsDpop, needsCertificate] = [word === 'dpop', word === 'certificate']
  if ((needsDpop && !dpop) || (needsCertificate && !certificate) || (word === 'any' && !dpop && !certificate)) {
    throw group.error(
      'senderConstraint',
      'needs policy.dpop or policy.certificate, because the guard must verify the binding',
    )
  }
  return word
}

function resolveResourceMetadata(group: OptionGroup): string | undefined {
  const url = group.string('resourceMetadata')
  if (url !== undefined && !(URL.canParse(url) && /^https?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/.test(url))) {
    throw group.error('resourceMetadata', 'must be an http or https URL')
  }
  return url
}

/** A realm that a challenge cannot carry is refused in the options, not at the first refused request. */
function resolveRealm(group: OptionGroup): string | undefined {
  const realm = group.string('realm')
  if (realm !== undefined && !/^[\x20-\x7e]*$/.test(realm)) throw group.error('realm', 'must be printable ASCII')
  return realm
}

function resolveAudience(group: OptionGroup): readonly string[] | false | undefined {
  return group.raw('audience') === false ? false : oneOrMore(group, 'audience')
}
