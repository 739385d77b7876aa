/** The decision of a guard in plain words. */
import type { RefusalReason } from '@token-introspection/client'
import type { Judgement, Policy } from './judge-token.ts'

/** Why a guard refuses, for the reasons that a token in the `Authorization` field can have. */
const REASONS: Readonly<Record<RefusalReason, string>> = {
  token_absent: 'the request has no token',
  request_malformed: 'the token has characters that no token has (RFC 6750 §2.1)',
  token_too_long: 'the token is longer than token.maxBytes of the client',
  origin: 'the request comes from another origin',
  token_inactive: 'the token is not active: unknown to this server, expired, revoked, or not for this caller to know',
  token_kind: 'it is no access token',
  issuer: 'it is from another issuer',
  audience: 'it is for another audience',
  confirmation: 'it is bound to a key, and this way of presenting it proves no key',
  proof: 'its DPoP proof is wrong',
  nonce: 'its DPoP proof lacks the nonce of the server',
  scope: 'its scope is not enough',
  authorization_details: 'its authorization details are not enough',
  permissions: 'its permissions are not enough',
  authentication: 'the login of the user is too weak or too old',
  check: 'a check of the application refuses it',
  unavailable: 'it could not be checked',
}

/** One sentence: the decision and its reason. */
export function describeJudgement(judgement: Judgement): string {
  if (judgement.allowed) return 'would let the request pass.'
  const { status, reason, detail, error } = judgement.refusal
  const why = reason === 'unavailable' && error !== undefined ? error.message : REASONS[reason]
  return `would answer ${status}: ${why}${detail === undefined ? '' : ` (${detail})`}.`
}

/** What the guard requires, such as `audience https://a and scope read`. */
export function describePolicy({ audience, scope, issuer, acrValues, ...rest }: Policy): string {
  const parts = [
    audience === false || audience === undefined ? 'any audience' : `audience ${[audience].flat().join(' or ')}`,
    ...(typeof scope === 'string' ? [`scope ${scope}`] : []),
    ...(issuer === undefined ? [] : [`issuer ${[issuer].flat().join(' or ')}`]),
    ...(acrValues === undefined ? [] : [`acr ${[acrValues].flat().join(' or ')}`]),
    ...(rest.maxAuthenticationAgeSeconds === undefined
      ? []
      : [`login within ${rest.maxAuthenticationAgeSeconds} seconds`]),
  ]
  return parts.join(', ')
}
