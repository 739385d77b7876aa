/** `private_key_jwt` and `client_secret_jwt`: who signed the client assertion, and was it used before? (RFC 7523) */
import { quote } from '@token-introspection/core'
import type { ReceivedRequest } from '../request/read-request.ts'
import type { Warn } from '../events/warning.ts'
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'
import { describeExpiry, isGoodSecret } from './client-secret.ts'
import { findSigningSecret } from './client-secret-jwt.ts'
import { refuseAssertion } from './complaint.ts'
import { explainSignature } from './explain-signature.ts'
import { type FindStep, findPossibleHolder, findRegistered } from './find-registered.ts'
import { parseClientAssertion } from './parse-client-assertion.ts'
import type { VerifySignature } from './private-key-jwt.ts'
import { mayUse, type Registered } from './registered.ts'
import type { SecretFunctions } from './secret-functions.ts'
import { isFirstUse, type ReplayStep } from './remember-use.ts'
import { type AssertionRules, validateAssertionClaims } from './validate-assertion-claims.ts'

/** Option group `clientAuthentication.assertion`, resolved. */
export interface AssertionStep extends AssertionRules {
  readonly algorithms: ReadonlySet<string>
}

/** The resolved options of the assertion methods. */
export interface AssertionMethodStep<Caller extends Registered> extends FindStep<Caller>, ReplayStep {
  readonly methods: ReadonlySet<ClientAuthenticationMethod>
  /** `undefined` when the endpoint accepts no assertions. */
  readonly assertion: AssertionStep | undefined
  readonly verifySignature: VerifySignature
  readonly secretFunctions: SecretFunctions
  readonly warn: Warn
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Throws for a caller without budget, so that its assertions take no room in the replay store. */
  readonly requireBudget: (caller: Caller) => void
}

/**
 * Returns the caller that signed the assertion. Its registration decides which method it may use. The algorithm in the header
 * only selects the credential to verify with (RFC 8725 §3.1). The replay store records the assertion last, after the signature
 * is verified and the caller has budget left.
 */
export async function authenticateByAssertion<Caller extends Registered>(
  { form }: ReceivedRequest,
  jwt: string,
  step: AssertionMethodStep<Caller>,
): Promise<Caller> {
  const { assertion, methods } = step
  const parsed = parseClientAssertion(form, jwt)
  const { algorithm, claims } = parsed
  const method = algorithm.startsWith('HS') ? 'client_secret_jwt' : 'private_key_jwt'
  if (assertion === undefined || !methods.has(method)) {
    throw refuseAssertion({
      rule: 'method',
      got: `alg ${quote(algorithm)}, which is ${method}`,
      expected: `a method of this endpoint: ${[...methods].join(', ')}`,
      remedy: 'Change the algorithm at the caller, or list the method in clientAuthentication.methods',
    })
  }
  if (!assertion.algorithms.has(algorithm)) {
    throw refuseAssertion({
      rule: 'alg',
      got: quote(algorithm),
      expected: `one of ${[...assertion.algorithms].join(', ')}`,
      remedy: 'Change it at the caller, or in clientAuthentication.assertion.algorithms if this endpoint supports it',
    })
  }
  const { clientId, jti, exp } = validateAssertionClaims(claims, assertion, step.now() / 1000)
  const besideId = form.get('client_id') ?? clientId
  if (besideId !== clientId) {
    throw refuseAssertion({
      rule: 'client_id',
      got: quote(besideId),
      expected: `${quote(clientId)}, as iss says, or no client_id`,
      remedy: 'Change the parameter at the caller (RFC 7521 §4.2)',
    })
  }
  const isHmac = method === 'client_secret_jwt'
  const { holder: found, ...own } = isHmac
    ? await findPossibleHolder(clientId, step, step.secretFunctions)
    : { holder: await findRegistered(clientId, step), failure: undefined, hasFunction: undefined }
  const caller = found && mayUse(found, method) ? found : undefined
  const secret = isHmac ? await findSigningSecret(jwt, algorithm, caller) : undefined
  const signed = isHmac
    ? caller !== undefined && secret !== undefined && isGoodSecret(caller, secret, step)
    : await step.verifySignature(parsed, caller)
  if (caller === undefined || !signed) {
    // Identifiers without a function cost a call, too, and get the same answer while it fails.
    const failure = own.hasFunction === false ? await step.secretFunctions.failureFor(clientId) : own.failure
    if (failure !== undefined) throw failure
    const expiredAt = caller === undefined ? undefined : describeExpiry(caller, secret)
    const complaint = explainSignature(parsed, { clientId, method, found, expiredAt })
    if (complaint.rule === 'clientSecrets')
      step.warn('short-client-secret', `${clientId}: ${complaint.expected}. ${complaint.remedy}`)
    throw refuseAssertion(complaint)
  }
  step.requireBudget(caller)
  const forgetAt = exp + assertion.clockToleranceSeconds
  if (!(await isFirstUse(clientId, ['client_assertion', clientId, jti], forgetAt, step))) {
    throw refuseAssertion({
      rule: 'jti',
      got: `a jti that ${quote(clientId)} used before`,
      expected: 'a new jti',
      remedy:
        'Make the caller create an assertion for each request, also for a repeated request. If it does so already, somebody replays its assertions',
    })
  }
  return caller
}
