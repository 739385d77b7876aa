/** The challenges of a guard, by the tokens that it accepts. */
import type { ResolvedGuard } from '../policy/resolve-guard.ts'
import type { ChallengeSettings, TokenScheme } from '../result/refusal.ts'

/** One challenge for every way to present a token. Only DPoP when the guard requires it (RFC 9449 §7.2). */
export function challengeSettings({ policy, realm, resourceMetadata }: ResolvedGuard): ChallengeSettings {
  const { senderConstraint, confirmation, scope } = policy
  const { dpop } = confirmation
  const demandsDpop =
    senderConstraint === 'dpop' || (senderConstraint === 'any' && confirmation.certificate === undefined)
  const schemes: TokenScheme[] = dpop === undefined ? ['Bearer'] : demandsDpop ? ['DPoP'] : ['Bearer', 'DPoP']
  return Object.freeze({
    realm,
    schemes,
    algs: dpop?.algorithms.join(' '),
    resourceMetadata,
    scope: scope.wanted,
  })
}
