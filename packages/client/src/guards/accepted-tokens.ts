/** What the guards of a client take, for the metadata of the protected resource (RFC 9728 §2). */
import type { SenderConstraint } from '../policy/confirmation/confirmation.ts'
import type { InheritedPolicy } from '../policy/policy-options.ts'
import type { TokenSources } from '../token/extract-token.ts'
import type { TokenSource } from '../token/token-options.ts'

/** Which tokens the guards of a client take, and how presented, unless a guard says otherwise. */
export interface AcceptedTokens {
  /** Authorization servers whose tokens are taken; empty where any may have issued them. */
  readonly issuers: readonly string[]
  /** Where bearer tokens are taken from. */
  readonly sources: readonly TokenSource[]
  /** Algorithms of DPoP proofs; empty where no proof is verified, and then tokens bound to a key are refused. */
  readonly dpopAlgorithms: readonly string[]
  /** Whether tokens that are bound to a client certificate can be taken. */
  readonly certificates: boolean
  /** How tokens must be bound; `undefined` where they need not be. */
  readonly senderConstraint: SenderConstraint | undefined
}

/** Reads it off what guards are made of. */
export function acceptedTokens(
  { confirmation, senderConstraint }: Pick<InheritedPolicy, 'confirmation' | 'senderConstraint'>,
  { form, query }: Pick<TokenSources, 'form' | 'query'>,
  issuers: Iterable<string> = [],
): AcceptedTokens {
  const sources: TokenSource[] = [
    'header',
    ...(form ? (['form'] as const) : []),
    ...(query ? (['query'] as const) : []),
  ]
  return Object.freeze({
    issuers: Object.freeze([...issuers]),
    sources: Object.freeze(sources),
    dpopAlgorithms: Object.freeze([...(confirmation.dpop?.algorithms ?? [])]),
    certificates: confirmation.certificate !== undefined,
    senderConstraint,
  })
}
