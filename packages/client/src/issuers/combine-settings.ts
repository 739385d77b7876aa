/** What several clients accept together: sources, tokens and challenges. */
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import type { GuardSource } from '../guards/create-guard.ts'
import type { ChallengeSettings } from '../result/refusal.ts'
import type { TokenSources } from '../token/extract-token.ts'
import { describeSources } from './describe-sources.ts'

/**
 * The guard reads a request before it knows the issuer of the token, so all clients must read requests in the same way.
 */
export function combineSources(guardings: readonly GuardSource[]): TokenSources {
  const [{ sources: first }] = guardings as [GuardSource]
  if (guardings.some(({ sources }) => describeSources(sources) !== describeSources(first))) {
    throw new TypeError('issuers: must all have the same token.sources, token.fields and token.cookie')
  }
  // A client without DPoP support refuses such a token itself.
  return { ...first, dpop: guardings.some(({ sources }) => sources.dpop) }
}

/** A sender may hold a token of any server, so a guarantee holds only when every client gives it. */
export function combineAccepted(all: readonly AcceptedTokens[]): AcceptedTokens {
  const [first] = all as [AcceptedTokens]
  const { dpopAlgorithms, senderConstraint } = first
  return Object.freeze({
    ...first,
    issuers: Object.freeze(all.flatMap(({ issuers }) => issuers)),
    dpopAlgorithms: Object.freeze(
      dpopAlgorithms.filter((alg) => all.every((other) => other.dpopAlgorithms.includes(alg))),
    ),
    certificates: all.every(({ certificates }) => certificates),
    senderConstraint: all.every((other) => other.senderConstraint === senderConstraint) ? senderConstraint : undefined,
  })
}

/** Every guard may see a token of any issuer, so each refusal names everything that the API accepts. */
export function combineChallenges(all: readonly ChallengeSettings[]): ChallengeSettings {
  const [first] = all as [ChallengeSettings]
  return Object.freeze({
    realm: first.realm,
    schemes: [...new Set(all.flatMap(({ schemes }) => schemes))],
    algs: all.find(({ algs }) => algs !== undefined)?.algs,
    resourceMetadata: all.find(({ resourceMetadata }) => resourceMetadata !== undefined)?.resourceMetadata,
    // A client without a token may go to any server, so no scope is named when they differ.
    scope: all.every(({ scope }) => scope === first.scope) ? first.scope : undefined,
  })
}
