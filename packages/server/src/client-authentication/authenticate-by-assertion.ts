/** `private_key_jwt` and `client_secret_jwt`: who signed the client assertion, and was it used before? (RFC 7523) */
import { ClientAuthenticationFailedError } from '../errors.ts'
import type { JwksLoader } from '../keys/jwks-loader.ts'
import type { ReceivedRequest } from '../request/read-request.ts'
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'
import { isSignedBySecret } from './client-secret-jwt.ts'
import { type FindStep, findRegistered } from './find-registered.ts'
import { parseClientAssertion } from './parse-client-assertion.ts'
import { isSignedByKey } from './private-key-jwt.ts'
import { mayUse, type Registered } from './registered.ts'
import { isFirstUse, type ReplayStep } from './remember-use.ts'
import { type AssertionRules, validateAssertionClaims } from './validate-assertion-claims.ts'

/** Option group `clientAuthentication.assertion`, resolved. */
export interface AssertionStep extends AssertionRules {
  readonly algorithms: ReadonlySet<string>
}

/** What the assertion methods need. */
export interface AssertionMethodStep<Caller extends Registered> extends FindStep<Caller>, ReplayStep {
  readonly methods: ReadonlySet<ClientAuthenticationMethod>
  /** Without it no assertion is taken. */
  readonly assertion: AssertionStep | undefined
  readonly jwksLoader: JwksLoader
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * The caller that signed the assertion. The method is bound to what it registered: the algorithm of the header only says
 * which of its credentials to look at (RFC 8725 §3.1). An assertion is used up once its signature is known to be good.
 */
export async function authenticateByAssertion<Caller extends Registered>(
  { form }: ReceivedRequest,
  jwt: string,
  step: AssertionMethodStep<Caller>,
): Promise<Caller> {
  const { assertion, methods } = step
  const { algorithm, claims } = parseClientAssertion(form, jwt)
  const method = algorithm.startsWith('HS') ? 'client_secret_jwt' : 'private_key_jwt'
  if (assertion === undefined || !methods.has(method)) throw refused('this endpoint does not take its method')
  if (!assertion.algorithms.has(algorithm)) throw refused('its algorithm is not taken')
  const { clientId, jti, exp } = validateAssertionClaims(claims, assertion, step.now() / 1000)
  if ((form.get('client_id') ?? clientId) !== clientId) throw refused('client_id is another')
  const found = await findRegistered(clientId, step)
  const caller = found && mayUse(found, method) ? found : undefined
  const signed =
    method === 'client_secret_jwt'
      ? await isSignedBySecret(jwt, algorithm, caller)
      : caller !== undefined && (await isSignedByKey(jwt, algorithm, caller, step.jwksLoader))
  if (caller === undefined || !signed) throw refused('it is not signed by a registered caller')
  const forgetAt = exp + assertion.clockToleranceSeconds
  if (!(await isFirstUse(['client_assertion', clientId, jti], forgetAt, step))) throw refused('it was used before')
  return caller
}

function refused(complaint: string): ClientAuthenticationFailedError {
  return new ClientAuthenticationFailedError(`client assertion: ${complaint}`)
}
