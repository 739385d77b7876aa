/** What stands in the challenges of a guard, by what it takes. */
import type { ResolvedGuard } from '../policy/policy-options.ts'
import type { ChallengeSettings, TokenScheme } from '../result/refusal.ts'

/** A challenge for every way a token may be presented; DPoP first where it is demanded alone (RFC 9449 §7.2). */
export function challengeSettings({ policy, realm, resourceMetadata }: ResolvedGuard): ChallengeSettings {
  const { senderConstraint, confirmation } = policy
  const { dpop } = confirmation
  const demandsDpop =
    senderConstraint === 'dpop' || (senderConstraint === 'any' && confirmation.certificate === undefined)
  const schemes: TokenScheme[] = dpop === undefined ? ['Bearer'] : demandsDpop ? ['DPoP'] : ['Bearer', 'DPoP']
  return Object.freeze({
    realm,
    schemes,
    algs: dpop?.algorithms.join(' '),
    resourceMetadata,
  })
}
