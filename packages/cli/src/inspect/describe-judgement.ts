/** The decision of a guard in plain words. */
import type { RefusalReason } from '@token-introspection/client'
import type { Judgement, Policy } from './judge-token.ts'
import { withFlags } from '../connection/flag-names.ts'

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
export function describeJudgement({ policy, explanation: { allowed, status, reason } }: Judgement): string {
  const guard = `A guard for ${describePolicy(policy)}`
  if (allowed) return `${guard} would let the request pass.`
  return `${guard} would answer ${status}: ${reason === undefined ? REASONS.unavailable : REASONS[reason]}.`
}

/** What a step or a requirement found, for the steps that refuse or fail and for every requirement of the policy. */
export interface Ground {
  readonly name: string
  readonly isMet: boolean
  readonly detail: string
  readonly remedy: string | undefined
}

/** The grounds of a decision, in the order in which a guard looks at them. */
export function groundsOf({ explanation }: Judgement): Ground[] {
  return explanation.steps.flatMap((step) => {
    if (step.step === 'result') return []
    if (step.step === 'policy' && step.requirements.length > 0) {
      return step.requirements
        .filter(({ outcome }) => outcome !== 'skipped')
        .map(({ requirement, outcome, detail, remedy }) => toGround(requirement, outcome, detail, remedy))
    }
    const { outcome, detail, remedy } = step
    return outcome === 'refused' || outcome === 'failed' ? [toGround(step.step, outcome, detail, remedy)] : []
  })
}

function toGround(name: string, outcome: string, detail: string, remedy: string | undefined): Ground {
  return { name, isMet: outcome === 'passed', detail: withFlags(detail), remedy: remedy && withFlags(remedy) }
}

/** What the guard requires, such as `audience https://a and scope read`. */
function describePolicy({ audience, scope, issuer, acrValues, ...rest }: Policy): string {
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
