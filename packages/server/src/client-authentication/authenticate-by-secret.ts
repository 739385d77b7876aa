/** `client_secret_basic` and `client_secret_post`, once credentials are read: whose secret is it? (RFC 6749 §2.3.1) */
import type { BasicCredentials, Complaint } from '@token-introspection/core'
import { andThen, isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { describeExpiry, isGoodSecret, type SecretExpiryStep } from './client-secret.ts'
import { refuseCredentials } from './complaint.ts'
import { explainSecret } from './explain-secret.ts'
import type { FailedAttempts } from './failed-attempts.ts'
import { type FindStep, findRegistered } from './find-registered.ts'
import { mayUse, type Registered } from './registered.ts'
import type { VerifiedSecrets } from './verified-secrets.ts'
import { verifyClientSecret } from './verify-client-secret.ts'
import type { VerifyHashedSecret } from './verify-hashed-secret.ts'

/** The resolved options of the secret methods. */
export interface SecretStep<Caller extends Registered> extends FindStep<Caller>, SecretExpiryStep {
  readonly verified: VerifiedSecrets
  /** Set when secrets are registered as hashes. */
  readonly verifyHashed: VerifyHashedSecret | undefined
  readonly failures: FailedAttempts | undefined
}

/** A secret as the caller presented it. */
export interface PresentedSecret {
  readonly method: 'client_secret_basic' | 'client_secret_post'
  /** The credentials as they arrived. The memory of good credentials recognises them by this text. */
  readonly presentation: string
  /** A `client_id` in the form, beside the credentials. */
  readonly besideId: string | undefined
  /** Returns every possible reading of the credentials. Together they count as one attempt. */
  read(): readonly BasicCredentials[]
  /** Explains to the operator why the credentials have no reading. `undefined` when they always have one. */
  readonly explain: (() => Complaint) | undefined
  /** The address of the caller, if the endpoint knows it. */
  address(): string | undefined
}

/** Returns the caller whose secret was presented. Credentials that were verified before are only looked up. */
export function authenticateBySecret<Caller extends Registered>(
  presented: PresentedSecret,
  step: SecretStep<Caller>,
): MaybePromise<Caller> {
  const key = step.verified.keyOf(presented.method, presented.presentation)
  return isPromise(key)
    ? key.then((known) => recallOrVerify(known, presented, step))
    : recallOrVerify(key, presented, step)
}

function recallOrVerify<Caller extends Registered>(
  key: string,
  presented: PresentedSecret,
  step: SecretStep<Caller>,
): MaybePromise<Caller> {
  const recalled = recall(key, presented, step)
  if (isPromise(recalled)) return recalled.then((caller) => caller ?? verify(key, presented, step))
  return recalled ?? verify(key, presented, step)
}

/** Returns the caller of remembered credentials, if their secret is still registered. */
function recall<Caller extends Registered>(
  key: string,
  { besideId, method }: PresentedSecret,
  step: SecretStep<Caller>,
): MaybePromise<Caller | undefined> {
  const verified = step.verified.recall(key)
  if (verified === undefined || (besideId ?? verified.clientId) !== verified.clientId) return undefined
  return andThen(findRegistered(verified.clientId, step), (caller) => {
    if (caller && mayUse(caller, method) && isGoodSecret(caller, verified.registered, step)) return caller
    step.verified.forget(key)
    return undefined
  })
}

async function verify<Caller extends Registered>(
  key: string,
  presented: PresentedSecret,
  step: SecretStep<Caller>,
): Promise<Caller> {
  const readings = presented.read()
  const address = presented.address()
  let known: Caller | undefined
  let expiredAt: string | undefined
  // Remembered credentials are accepted in any spelling, and whatever number of attempts fails for their identifier.
  const credentialsKeys: string[] = []
  for (const reading of readings) {
    const credentialsKey = await step.verified.keyOfCredentials(reading)
    const caller = await recall(credentialsKey, presented, step)
    if (caller !== undefined) {
      const { registered } = step.verified.recall(credentialsKey) ?? {}
      if (registered !== undefined) step.verified.remember(key, credentialsKey, { clientId: caller.id, registered })
      return caller
    }
    credentialsKeys.push(credentialsKey)
  }
  for (const { clientId } of readings) step.failures?.requireOpen(clientId, address)
  const isClosed = readings.some(({ clientId }) => step.failures?.isClosed(clientId, address))
  for (const [index, { clientId, clientSecret }] of readings.entries()) {
    const credentialsKey = credentialsKeys[index] as string
    const found = await findRegistered(clientId, step)
    known ??= found ?? undefined
    const caller = found && mayUse(found, presented.method) && !isClosed ? found : undefined
    const registered = await (step.verifyHashed === undefined
      ? verifyClientSecret(caller, clientSecret)
      : step.verifyHashed(clientId, caller, clientSecret, credentialsKey))
    if (caller === undefined || registered === undefined) continue
    if (isGoodSecret(caller, registered, step)) {
      step.verified.remember(key, credentialsKey, { clientId, registered })
      return caller
    }
    expiredAt = describeExpiry(caller, registered)
  }
  const [first] = readings
  if (first !== undefined) await step.failures?.count(first.clientId, address, known !== undefined)
  const complaint = readings.length === 0 ? presented.explain?.() : undefined
  throw refuseCredentials(presented.method, complaint ?? explainSecret(presented.method, known, expiredAt))
}
