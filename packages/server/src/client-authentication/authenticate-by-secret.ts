/** `client_secret_basic` and `client_secret_post`, once credentials are read: whose secret is it? (RFC 6749 §2.3.1) */
import type { BasicEncoding, Complaint, SecretUnavailableError } from '@token-introspection/core'
import { andThen, isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { type AcceptedBasicEncoding, acceptsEncoding, type SecretReading } from './client-secret-basic.ts'
import { describeExpiry, isGoodSecret, type SecretExpiryStep } from './client-secret.ts'
import { refuseCredentials } from './complaint.ts'
import { explainSecret } from './explain-secret.ts'
import type { FailedAttempts } from './failed-attempts.ts'
import { type FindStep, type FoundHolder, findPossibleHolder, findSecretHolder } from './find-registered.ts'
import { mayUse, type Registered } from './registered.ts'
import { createAskOnce, type SecretFunctions } from './secret-functions.ts'
import type { KnownSpelling, VerifiedSecret, VerifiedSecrets } from './verified-secrets.ts'
import { verifyClientSecret } from './verify-client-secret.ts'
import type { VerifyHashedSecret } from './verify-hashed-secret.ts'

/** The resolved options of the secret methods. */
export interface SecretStep<Caller extends Registered> extends FindStep<Caller>, SecretExpiryStep {
  readonly verified: VerifiedSecrets
  /** Set when secrets are registered as hashes. */
  readonly verifyHashed: VerifyHashedSecret | undefined
  readonly failures: FailedAttempts | undefined
  readonly secretFunctions: SecretFunctions
  /** How Basic credentials are read for callers whose registration does not say it. */
  readonly basicEncoding: AcceptedBasicEncoding
  /** Hears of good credentials that mean something else in another encoding. */
  readonly onBasicRead: ((clientId: string, encoding: BasicEncoding) => void) | undefined
}

/** A secret as the caller presented it. */
export interface PresentedSecret {
  readonly method: 'client_secret_basic' | 'client_secret_post'
  /** The credentials as they arrived. The memory of good credentials recognises them by this text. */
  readonly presentation: string
  /** A `client_id` in the form, beside the credentials. */
  readonly besideId: string | undefined
  /** Returns every possible reading of the credentials. Together they count as one attempt. */
  read(): readonly SecretReading[]
  /** Explains to the operator why no reading may count. `undefined` when one always may. */
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
  const spelling = step.verified.recall(key)
  if (spelling === undefined) return verify(key, presented, step)
  const recalled = recall(key, spelling, spelling, presented, step)
  if (isPromise(recalled)) return recalled.then((caller) => caller ?? verify(key, presented, step))
  return recalled ?? verify(key, presented, step)
}

/**
 * Returns the caller of remembered credentials, if their secret is still registered and their encoding still accepted.
 *
 * @param key - of the presentation or of the credentials.
 */
function recall<Caller extends Registered>(
  key: string,
  verified: VerifiedSecret,
  { encoding }: Pick<SecretReading, 'encoding'>,
  { besideId, method }: PresentedSecret,
  step: SecretStep<Caller>,
): MaybePromise<Caller | undefined> {
  if ((besideId ?? verified.clientId) !== verified.clientId) return undefined
  return andThen(findSecretHolder(verified.clientId, step), (caller) => {
    if (!caller || !mayUse(caller, method) || !isGoodSecret(caller, verified.registered, step)) {
      step.verified.forget(key)
      return undefined
    }
    // Other spellings of these credentials may still be good, so they are not forgotten.
    return accepts(caller, encoding, step) ? reported(caller, encoding, step) : undefined
  })
}

/** Whether a caller may send credentials in an encoding. Without a caller the setting of the endpoint decides. */
function accepts<Caller extends Registered>(
  caller: Registered | undefined | null,
  encoding: SecretReading['encoding'],
  { basicEncoding }: SecretStep<Caller>,
): boolean {
  return encoding === 'any' || acceptsEncoding(caller?.basicEncoding ?? basicEncoding, encoding)
}

function reported<Caller extends Registered>(
  caller: Caller,
  encoding: SecretReading['encoding'],
  step: SecretStep<Caller>,
): Caller {
  if (encoding !== 'any') step.onBasicRead?.(caller.id, encoding)
  return caller
}

async function verify<Caller extends Registered>(
  key: string,
  presented: PresentedSecret,
  step: SecretStep<Caller>,
): Promise<Caller> {
  const readings = presented.read()
  const address = presented.address()
  // Remembered credentials are accepted in any spelling, and whatever number of attempts fails for their identifier.
  const credentialsKeys: string[] = []
  for (const reading of readings) {
    const credentialsKey = await step.verified.keyOfCredentials(reading)
    credentialsKeys.push(credentialsKey)
    const verified = step.verified.recallCredentials(credentialsKey)
    const caller = verified && (await recall(credentialsKey, verified, reading, presented, step))
    if (verified === undefined || caller === undefined) continue
    step.verified.remember(key, credentialsKey, spellingOf(reading, verified.registered))
    return caller
  }
  for (const { clientId } of readings) step.failures?.requireOpen(clientId, address)
  const isClosed = readings.some(({ clientId }) => step.failures?.isClosed(clientId, address))
  let known: Caller | undefined
  let expiredAt: string | undefined
  let refusedEncoding: SecretReading['encoding'] | undefined
  let isReadable = false
  const ask = createAskOnce()
  const found = new Map<string, FoundHolder<Caller>>()
  for (const [index, reading] of readings.entries()) {
    const { clientId, clientSecret, encoding } = reading
    const credentialsKey = credentialsKeys[index] as string
    // Most credentials with two readings have the same identifier in both.
    const looked = found.get(clientId) ?? (await findPossibleHolder(clientId, step, step.secretFunctions, ask))
    found.set(clientId, looked)
    const { holder } = looked
    known ??= holder ?? undefined
    const caller = holder && mayUse(holder, presented.method) && !isClosed ? holder : undefined
    // A reading that may not count costs the same work. Otherwise the time would reveal which callers are registered.
    const isAccepted = accepts(holder, encoding, step)
    isReadable ||= isAccepted
    const registered = await (step.verifyHashed === undefined
      ? verifyClientSecret(caller, clientSecret)
      : step.verifyHashed(clientId, caller, { secret: clientSecret, isAccepted, key: credentialsKey }))
    if (caller === undefined || registered === undefined) continue
    if (!isAccepted) refusedEncoding = encoding
    else if (isGoodSecret(caller, registered, step)) {
      step.verified.remember(key, credentialsKey, spellingOf(reading, registered))
      return reported(caller, encoding, step)
    } else expiredAt = describeExpiry(caller, registered)
  }
  const [first] = readings
  let failure: SecretUnavailableError | undefined
  let hasFunction = false
  for (const [clientId, own] of found) {
    hasFunction ||= own.hasFunction
    // Identifiers without a function cost a call, too, and get the same answer while it fails.
    const failed = own.hasFunction ? own.failure : await step.secretFunctions.failureFor(clientId, ask)
    failure ??= failed
  }
  if (first !== undefined) await step.failures?.count(first.clientId, address, known !== undefined || hasFunction)
  if (failure !== undefined) throw failure
  const complaint = isReadable ? undefined : presented.explain?.()
  throw refuseCredentials(
    presented.method,
    complaint ?? explainSecret(presented.method, known, { expiredAt, refusedEncoding }),
  )
}

function spellingOf({ clientId, encoding }: SecretReading, registered: string): KnownSpelling {
  return { clientId, registered, encoding }
}
