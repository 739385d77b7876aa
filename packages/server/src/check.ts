/** SPINE: no request in, the health of a handler out. */
import { Form } from '@token-introspection/core'
import type { ClientAuthenticationStep } from './client-authentication/authenticate-client.ts'
import { findRegistered } from './client-authentication/find-registered.ts'
import type { Registered } from './client-authentication/registered.ts'
import { ClientAuthenticationRegistryError, LookupStoreError } from './errors.ts'
import { findToken, type LookupStep } from './lookup/find-token.ts'
import { checkSigningKey, keysThatSign, type SigningStep } from './response/sign-response.ts'
import { randomText } from './stores/random-text.ts'

/**
 * A step of {@link IntrospectionHandler.check}, in this order.
 *
 * - `clock`: `now` returns milliseconds since the epoch
 * - `registry`: the function that finds registered callers answered, and does not know an identifier that was just made up
 * - `store`: the store, or every resolver, answered, and does not know a token that was just made up
 * - `keys`: every key of `response.jwt` that signs now has signed
 */
export type CheckStep = 'clock' | 'registry' | 'store' | 'keys'

/**
 * Who has to look first at a failed check.
 *
 * - `authorization_server`: you. An option, a key, a clock or the result of a function is wrong
 * - `connection`: a function of yours threw, or did not answer within `timeoutMs`: the database or the KMS behind it may be down,
 *   or something between the two
 */
export type CheckSide = 'authorization_server' | 'connection'

/** Every step of the check is good. */
export interface CheckPassed {
  readonly ok: true
}

/** A step of the check failed. */
export interface CheckFailed {
  readonly ok: false
  readonly step: CheckStep
  readonly side: CheckSide
  /** The error with which a request would have failed. Its `cause` is the error of your function. It has no token and no secret. */
  readonly error: Error
  /** What to do, for people to read. */
  readonly remedy: string
}

/** The result of {@link IntrospectionHandler.check}. */
export type CheckResult = CheckPassed | CheckFailed

/** The resolved options that a check looks at. */
interface CheckedSteps<Caller extends Registered> {
  readonly clientAuthentication: Pick<ClientAuthenticationStep<Caller>, 'findRegistered' | 'now' | 'timeoutMs'>
  readonly lookup: LookupStep
}

const PASSED: CheckPassed = Object.freeze({ ok: true })

/** The octets of a made-up token: so many that nobody has issued it. */
const MADE_UP_OCTETS = 32

/** A clock before this time, the beginning of 2025, is wrong. Seconds instead of milliseconds are before it, too. */
const EARLIEST_MS = 1_735_689_600_000
/** A clock after this time, the year 5138, is wrong. */
const LATEST_MS = 1e14

const REMEDIES: Readonly<Record<CheckStep, Readonly<Record<CheckSide, string>>>> = {
  clock: {
    authorization_server: 'Return milliseconds since the epoch from the option now, or set the clock of the machine',
    connection: 'Look at the option now',
  },
  registry: {
    authorization_server:
      'Return undefined from the function that finds registered callers for an identifier it does not know',
    connection:
      'Look at the cause of the error, and at the database behind the function that finds registered callers. If it is only slow, raise timeoutMs',
  },
  store: {
    authorization_server: 'Return a record of this token from find or resolve, or null',
    connection:
      'Look at the cause of the error, and at the database or server behind the store or resolver that the error names. If it is only slow, raise timeoutMs',
  },
  keys: {
    authorization_server: 'Look at the entry of response.jwt.keys that the error or its cause names',
    connection:
      'Look at the cause of the error, and at the KMS behind the function sign. If it is only slow, raise timeoutMs',
  },
}

/** Creates the method `check` of a handler. Simultaneous calls share one check. It never rejects. */
export function createCheck<Caller extends Registered>(
  steps: CheckedSteps<Caller>,
  signing?: SigningStep,
): () => Promise<CheckResult> {
  let running: Promise<CheckResult> | undefined
  return () => {
    running ??= check(steps, signing).finally(() => {
      running = undefined
    })
    return running
  }
}

async function check<Caller extends Registered>(
  { clientAuthentication, lookup }: CheckedSteps<Caller>,
  signing: SigningStep | undefined,
): Promise<CheckResult> {
  let step: CheckStep = 'clock'
  let asksOthers = false
  try {
    checkClock(clientAuthentication.now())
    step = 'registry'
    asksOthers = true
    await checkRegistry(clientAuthentication)
    step = 'store'
    await checkStore(lookup)
    step = 'keys'
    if (signing === undefined) return PASSED
    for (const key of keysThatSign(signing)) {
      asksOthers = key.remote
      await checkSigningKey(key, signing.timeoutMs)
    }
    return PASSED
  } catch (error) {
    return failed(step, error, asksOthers)
  }
}

function checkClock(nowMs: unknown): void {
  if (typeof nowMs === 'number' && nowMs >= EARLIEST_MS && nowMs <= LATEST_MS) return
  const returned = typeof nowMs === 'number' ? String(nowMs) : `a ${typeof nowMs}`
  throw new TypeError(
    `now: returned ${returned}; it must return milliseconds since the epoch, from ${EARLIEST_MS} (the beginning of 2025) to ${LATEST_MS}`,
  )
}

async function checkRegistry<Caller extends Registered>(
  step: CheckedSteps<Caller>['clientAuthentication'],
): Promise<void> {
  if (!(await findRegistered(`made-up-${randomText(MADE_UP_OCTETS)}`, step))) return
  throw new ClientAuthenticationRegistryError(
    'the function that finds registered callers knows an identifier that the handler has just made up',
  )
}

/** Asks every resolver: each is asked about a token that none before it knows. */
async function checkStore(lookup: LookupStep): Promise<void> {
  const request = { token: randomText(MADE_UP_OCTETS), parameters: new Form() }
  const { known, resolver } = await findToken(request, { ...lookup, isMinted: undefined, maxTokenLength: undefined })
  if (known === undefined) return
  throw new LookupStoreError(`the resolver ${resolver} knows a token that the handler has just made up`)
}

function failed(step: CheckStep, thrown: unknown, asksOthers: boolean): CheckFailed {
  const error =
    thrown instanceof Error ? thrown : new Error('the check failed with a value that is no Error', { cause: thrown })
  // The errors of the steps have a cause when a function of the application threw or was late.
  const side = asksOthers && error.cause !== undefined ? 'connection' : 'authorization_server'
  return Object.freeze({ ok: false, step, side, error, remedy: REMEDIES[step][side] })
}
