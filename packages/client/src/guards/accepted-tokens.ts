/** The tokens that the guards of a client accept, for the metadata of the protected resource (RFC 9728 §2). */
import type { SenderConstraint } from '../policy/confirmation/confirmation.ts'
import type { InheritedPolicy } from '../policy/resolve-policy.ts'
import type { TokenSources } from '../token/extract-token.ts'
import type { TokenSource } from '../token/token-options.ts'

/** The tokens that the guards of a client accept, and how senders present them, unless a guard has other options. */
export interface AcceptedTokens {
  /** Authorization servers whose tokens are accepted. Empty when any issuer is accepted. */
  readonly issuers: readonly string[]
  /** The places of the standard from which bearer tokens are read. Fields of a gateway and cookies are not listed. */
  readonly sources: readonly TokenSource[]
  /** Accepted algorithms of DPoP proofs. Empty when no proof is verified; then tokens bound to a key are refused. */
  readonly dpopAlgorithms: readonly string[]
  /** Whether tokens that are bound to a client certificate can be accepted. */
  readonly certificates: boolean
  /** How tokens must be bound; `undefined` when they need not be bound. */
  readonly senderConstraint: SenderConstraint | undefined
}

/** Reads this from the settings of guards. */
export function acceptedTokens(
  { confirmation, senderConstraint }: Pick<InheritedPolicy, 'confirmation' | 'senderConstraint'>,
  { header, form, query }: Pick<TokenSources, TokenSource>,
  issuers: Iterable<string> = [],
): AcceptedTokens {
  const sources: TokenSource[] = [
    ...(header ? (['header'] as const) : []),
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
