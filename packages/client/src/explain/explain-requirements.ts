/** Explains step `policy`: compares a token with every requirement of a guard, by the checks of the guard itself. */
import { isAccessToken, quote } from '@token-introspection/core'
import {
  hasAudience,
  hasDetails,
  hasIssuer,
  hasPermission,
  hasScope,
  isAuthenticated,
  isUnreadable,
} from '../policy/check-policy.ts'
import { checkConfirmation } from '../policy/confirmation/check-confirmation.ts'
import type { ConfirmationOutcome, Presentation } from '../policy/confirmation/confirmation.ts'
import { compare } from '../policy/find-mismatch.ts'
import { describeMismatch, type Mismatch } from '../policy/mismatch.ts'
import type { JudgedToken, Policy } from '../policy/policy.ts'
import type { Cleaner } from './clean-values.ts'
import type { ExplainedRequirement, ExplainedValue } from './explanation.ts'

/** What the requirements are compared with. */
export interface Comparison {
  readonly token: JudgedToken
  readonly presented: Presentation
  /** Whether there is a token alone, without a request. */
  readonly isTokenAlone: boolean
  readonly policy: Policy
  /** Seconds since the epoch. */
  readonly now: () => number
  readonly cleaner: Cleaner
}

type Checked = Omit<ExplainedRequirement, 'requirement'>

/** Every requirement except for `check`, in the order in which a guard checks them. */
export async function explainRequirements(comparison: Comparison): Promise<ExplainedRequirement[]> {
  const { token, policy, now } = comparison
  const { permission } = policy
  return [
    { requirement: 'token_kind', ...compared('token_kind', isAccessToken(token, policy), comparison) },
    {
      requirement: 'issuer',
      ...(policy.issuers === undefined
        ? notRequired('any issuer that the client accepts', comparison.cleaner.value(token.iss))
        : compared('issuer', hasIssuer(token, policy), comparison)),
    },
    {
      requirement: 'audience',
      ...(policy.audience === false
        ? notRequired('audience is false, so your code checks it', comparison.cleaner.value(token.aud))
        : compared('audience', hasAudience(token.aud, policy), comparison)),
    },
    { requirement: 'confirmation', ...(await explainConfirmation(comparison)) },
    {
      requirement: 'scope',
      ...(isScopeRequired(policy)
        ? compared('scope', hasScope(token.scope, policy), comparison)
        : notRequired('no scope is required', comparison.cleaner.value(token.scope))),
    },
    {
      requirement: 'authorization_details',
      ...(policy.authorizationDetails === undefined
        ? notRequired('no authorization details are required')
        : privately('authorization_details', hasDetails(token, policy.authorizationDetails), token)),
    },
    {
      requirement: 'permissions',
      ...(permission === undefined
        ? notRequired('no permission is required')
        : privately('permissions', hasPermission(token, permission, now), token)),
    },
    {
      requirement: 'authentication',
      ...(policy.acrValues === undefined && policy.maxAuthenticationAgeSeconds === undefined
        ? notRequired('any login is enough')
        : compared('authentication', isAuthenticated(token, policy, now), comparison)),
    },
  ]
}

function notRequired(detail: string, found?: ExplainedValue): Checked {
  return { outcome: 'skipped', detail, remedy: undefined, required: undefined, found }
}

function isScopeRequired({ scope: { accepts, alternatives } }: Policy): boolean {
  return accepts !== undefined || !alternatives.some((wanted) => wanted.length === 0)
}

function compared(reason: Mismatch['reason'], passes: boolean, comparison: Comparison): Checked {
  const { token, policy, now, cleaner } = comparison
  const mismatch = compare(reason, token, policy, now, cleaner.text)
  const required = requiredOf(reason, mismatch, policy)
  const found = mismatch === undefined ? cleaner.value(token.token_type) : cleaner.value(mismatch.found)
  if (passes) return { outcome: 'passed', detail: describePassed(found, required), remedy: undefined, required, found }
  const detail =
    mismatch === undefined ? `${reason} does not fit` : describeMismatch({ ...mismatch, found } as Mismatch)
  return { outcome: 'refused', detail, remedy: REMEDIES[reason], required, found }
}

function requiredOf(reason: Mismatch['reason'], mismatch: Mismatch | undefined, policy: Policy): ExplainedValue {
  if (reason === 'token_kind') {
    const { tokenKind } = policy
    return tokenKind && { member: tokenKind.member, oneOf: tokenKind.oneOf }
  }
  return mismatch?.required
}

function describePassed(found: ExplainedValue, required: ExplainedValue): string {
  if (found === undefined) return 'the token names no other kind'
  const [has, wants] = [say(found), required === undefined ? undefined : say(required)]
  return wants === undefined || wants === has ? has : `${has}, required ${wants}`
}

/** A list reads like a scope. */
function say(value: ExplainedValue): string {
  return quote(Array.isArray(value) && value.every((each) => typeof each === 'string') ? value.join(' ') : value)
}

/** The values may be private data, so they are left out. */
function privately(member: 'authorization_details' | 'permissions', passes: boolean, token: JudgedToken): Checked {
  const values = token[member]
  const count = Array.isArray(values) ? values.length : 0
  const has = isUnreadable(token, member)
    ? `${member} could not be read`
    : count === 0
      ? `the token has no ${member}`
      : `the token has ${count} in ${member}`
  const detail = passes
    ? `${has}, and what the guard requires is granted`
    : `${has}, and none grants what the guard requires`
  const [required, found] = [undefined, undefined]
  if (passes) return { outcome: 'passed', detail, remedy: undefined, required, found }
  return { outcome: 'refused', detail, remedy: REMEDIES[member], required, found }
}

async function explainConfirmation(comparison: Comparison): Promise<Checked> {
  const { token, presented, policy, cleaner } = comparison
  const outcome = await checkConfirmation(token, presented, policy)
  const required = policy.senderConstraint
  const found = { scheme: presented.scheme, cnf: cleaner.value(token.cnf) }
  if (outcome.confirmed) {
    const detail = token.cnf === undefined ? 'a bearer token, bound to nobody' : 'the sender has the key or certificate'
    const isRequired = required !== undefined || token.cnf !== undefined
    return { outcome: isRequired ? 'passed' : 'skipped', detail, remedy: undefined, required, found }
  }
  const remedy = adviseConfirmation(outcome.reason, comparison)
  return { outcome: 'refused', detail: cleaner.text(describeRefusal(outcome)), remedy, required, found }
}

function adviseConfirmation(
  reason: 'confirmation' | 'proof' | 'nonce',
  { token: { cnf }, policy: { confirmation }, isTokenAlone }: Comparison,
): string {
  if (cnf?.jkt !== undefined && confirmation.dpop === undefined) return NEEDS_DPOP
  if (cnf?.['x5t#S256'] !== undefined && confirmation.certificate === undefined) return NEEDS_CERTIFICATE
  return isTokenAlone && cnf !== undefined ? GIVE_REQUEST : REMEDIES[reason]
}

function describeRefusal(outcome: ConfirmationOutcome & { readonly confirmed: false }): string {
  if (outcome.reason === 'nonce')
    return 'the proof has no current nonce of this server; the answer gives the client one'
  return outcome.detail ?? 'the token belongs to another sender'
}

const NEEDS_DPOP = 'Set policy.dpop of the client, so that guards verify proofs.'
const NEEDS_CERTIFICATE = 'Set policy.certificate of the client, so that guards compare the certificate.'
const GIVE_REQUEST = 'Give the whole request: a token alone shows neither the proof nor the certificate of its sender.'

/** What to do about each refusal of a token that is active. */
const REMEDIES = {
  token_kind: 'Send an access token. If it is one, name its kind in policy.tokenKind or policy.acceptedTokenTypes.',
  issuer: 'Get the token from an issuer that the guard accepts, or add its issuer to the option issuer.',
  audience:
    'Have the client ask the authorization server for a token for this audience (parameter resource or audience, or a setting ' +
    'of the client there), or correct the option audience.',
  confirmation: 'Send the token with the proof or the certificate that it is bound to.',
  proof:
    'Have the client make a new proof for each request, for this method and URL. Behind a proxy, set policy.dpop.origin.',
  nonce: 'Nothing: a client sends the request again with the nonce.',
  scope: 'Have the client ask for this scope, and the authorization server grant it.',
  authorization_details: 'Have the client ask for these authorization_details (RFC 9396).',
  permissions: 'Have the client get a token with this permission (UMA 2.0).',
  authentication: 'Have the user log in again, as the challenge of this answer asks (RFC 9470).',
} as const
