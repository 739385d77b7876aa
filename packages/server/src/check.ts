/** SPINE: no request in, the health of a handler out. */
import { Form } from '@token-introspection/core'
import type { ClientAuthenticationStep } from './client-authentication/authenticate-client.ts'
import { findRegistered } from './client-authentication/find-registered.ts'
import type { Registered } from './client-authentication/registered.ts'
import { ClientAuthenticationRegistryError, LookupStoreError } from './errors.ts'
import type { FeedStep } from './feed/feed-options.ts'
import { readPage } from './feed/read-page.ts'
import { findToken, type LookupStep } from './lookup/find-token.ts'
import { checkSigningKey, keysThatSign, type SigningStep } from './response/sign-response.ts'
import { randomText } from './stores/random-text.ts'

/**
 * A step of the `check` of a handler, in this order.
 *
 * - `clock`: `now` returns milliseconds since the epoch
 * - `registry`: the function that finds registered callers answered, and does not know an identifier that was just made up
 * - `store`: the store, or every resolver, answered, and does not know a token that was just made up
 * - `keys`: every key of `response.jwt` that signs now has signed
 * - `log`: the log of revocations said its last position, and the feed is not closed
 *
 * The introspection handler has no `log`, the revocation handler neither `keys` nor `log`, the feed neither `store` nor `keys`.
 */
export type CheckStep = 'clock' | 'registry' | 'store' | 'keys' | 'log'

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

/** The resolved options of every handler that a check looks at. */
type CheckedCallers<Caller extends Registered> = Pick<
  ClientAuthenticationStep<Caller>,
  'findRegistered' | 'now' | 'timeoutMs'
>

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
  log: {
    authorization_server:
      'If close() was called, send requests to another process. Otherwise correct the pages that readAfter of the source returns',
    connection:
      'Look at the cause of the error, and at the database behind the log, or at the server that a relay follows. If it is only slow, raise timeoutMs',
  },
}

/** One thing that a check looks at. */
interface Part {
  readonly step: CheckStep
  /** Whether it calls a function of the application, behind which there may be a connection. */
  readonly asksOthers: boolean
  /** Throws or rejects when it is not good. */
  readonly look: () => unknown
}

/**
 * Creates the method `check` of a handler, which looks at its clock and its registry first. Simultaneous calls share one check. It
 * never rejects.
 *
 * @param more - what this handler has besides, at the time of the check.
 */
export function createCheck<Caller extends Registered>(
  callers: CheckedCallers<Caller>,
  more: () => Iterable<Part>,
): () => Promise<CheckResult> {
  const registry: readonly Part[] = [
    { step: 'clock', asksOthers: false, look: () => checkClock(callers.now()) },
    { step: 'registry', asksOthers: true, look: () => checkRegistry(callers) },
  ]
  let running: Promise<CheckResult> | undefined
  return () => {
    running ??= check(registry, more).finally(() => {
      running = undefined
    })
    return running
  }
}

async function check(...groups: readonly (Iterable<Part> | (() => Iterable<Part>))[]): Promise<CheckResult> {
  for (const group of groups) {
    for (const part of typeof group === 'function' ? group() : group) {
      try {
        await part.look()
      } catch (error) {
        return failed(part, error)
      }
    }
  }
  return PASSED
}

/** The store, or every resolver. */
export function checkedStore(lookup: LookupStep): Part {
  return { step: 'store', asksOthers: true, look: () => checkStore(lookup) }
}

/** Every key that signs now. */
export function checkedKeys(signing: SigningStep): readonly Part[] {
  return keysThatSign(signing).map((key) => ({
    step: 'keys',
    asksOthers: key.remote,
    look: () => checkSigningKey(key, signing.timeoutMs),
  }))
}

/** The log of revocations. */
export function checkedLog(feed: FeedStep): Part {
  return { step: 'log', asksOthers: true, look: () => readPage({ after: undefined, replay: false }, feed) }
}

function checkClock(nowMs: unknown): void {
  if (typeof nowMs === 'number' && nowMs >= EARLIEST_MS && nowMs <= LATEST_MS) return
  const returned = typeof nowMs === 'number' ? String(nowMs) : `a ${typeof nowMs}`
  throw new TypeError(
    `now: returned ${returned}; it must return milliseconds since the epoch, from ${EARLIEST_MS} (the beginning of 2025) to ${LATEST_MS}`,
  )
}

async function checkRegistry<Caller extends Registered>(step: CheckedCallers<Caller>): Promise<void> {
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

function failed({ step, asksOthers }: Part, thrown: unknown): CheckFailed {
  const error =
    thrown instanceof Error ? thrown : new Error('the check failed with a value that is no Error', { cause: thrown })
  // The errors of the steps have a cause when a function of the application threw or was late.
  const side = asksOthers && error.cause !== undefined ? 'connection' : 'authorization_server'
  return Object.freeze({ ok: false, step, side, error, remedy: REMEDIES[step][side] })
}
