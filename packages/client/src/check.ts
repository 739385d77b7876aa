/** SPINE: no token in, the health of the client out. */
import { isIntrospectionError } from '@token-introspection/core'
import {
  JwtKeysUnavailableError,
  ResponseKeysUnavailableError,
  ResponseMalformedError,
  ResponseUntrustedError,
  TransportCircuitOpenError,
  TransportRateLimitedError,
  TransportStatusError,
  TransportTimeoutError,
  TransportUnauthorizedError,
  TransportUnreachableError,
} from './errors.ts'
import { askEndpoint, type Steps } from './introspect.ts'
import type { Deadline } from './transport/deadline.ts'
import { askAboutMadeUpToken } from './transport/made-up-token.ts'

/**
 * A step of {@link IntrospectionClient.check}, in this order.
 *
 * - `metadata`: the introspection endpoint was found, in the options or in the metadata of the issuer. With `response.jwt`,
 *   the metadata name one of its algorithms, if they name any
 * - `credentials`: the client made its credentials, and the endpoint accepted them
 * - `endpoint`: the endpoint answered with status 200, or as `response.inactiveWhen` lists
 * - `answer`: the answer was well-formed, trusted, and `active: false`
 * - `keys`: the issuer's public keys are there, for answers or tokens that are signed
 */
export type CheckStep = 'metadata' | 'credentials' | 'endpoint' | 'answer' | 'keys'

/**
 * Who has to look first at a failed check.
 *
 * - `resource_server`: you. A credential, an endpoint, an issuer or a permission is wrong
 * - `authorization_server`: it is overloaded or broken, or its answer cannot be used
 * - `connection`: no answer came: the server may be down, or something between the two
 */
export type CheckSide = 'resource_server' | 'authorization_server' | 'connection'

/** Every step of the check is good. */
export interface CheckPassed {
  readonly ok: true
}

/** A step of the check failed. */
export interface CheckFailed {
  readonly ok: false
  readonly step: CheckStep
  readonly side: CheckSide
  /**
   * The error with which a call would have failed. It is no `IntrospectionError` only if a function of yours threw
   * another one, such as that of `rotatingClientSecret`.
   */
  readonly error: Error
}

/** The result of {@link IntrospectionClient.check}. */
export type CheckResult = CheckPassed | CheckFailed

const PASSED: CheckPassed = Object.freeze({ ok: true })

/** Checks each step in turn, within one deadline. It never rejects. */
export async function check(steps: Steps): Promise<CheckResult> {
  const { jwt, response, transport } = steps
  const deadline = transport.deadlines.start()
  let step: CheckStep = 'metadata'
  const enter = (next: CheckStep): void => {
    step = next
  }
  try {
    if (jwt === undefined || jwt.asksAboutOpaque || jwt.asksAboutGood) await checkEndpoint(deadline, enter, steps)
    enter('keys')
    // A program that verifies its first token then waits for no key.
    await response.jwt?.keys.current(deadline)
    await jwt?.rules.keys.current(deadline)
    return PASSED
  } catch (error) {
    return failed(step, error)
  } finally {
    deadline.settle()
  }
}

async function checkEndpoint(deadline: Deadline, enter: (step: CheckStep) => void, steps: Steps): Promise<void> {
  const { token, transport } = steps
  await transport.endpoint.find(deadline)
  checkSigningAlgorithms(steps)
  enter('credentials')
  const send: typeof transport.send = async (request) => {
    enter('endpoint')
    const reply = await transport.sendPast(request)
    enter('answer')
    return reply
  }
  const question = askAboutMadeUpToken(token.tokenTypeHint)
  const answer = await askEndpoint(question, undefined, deadline, { ...steps, transport: { ...transport, send } })
  if (!answer.active) return
  throw new ResponseUntrustedError('the authorization server calls a token active that this client has just made up')
}

/** Signed answers need an algorithm that both sides have. Metadata that are not at hand are not fetched for this. */
function checkSigningAlgorithms({ response, transport }: Steps): void {
  const offered = transport.metadata?.known?.introspection_signing_alg_values_supported
  if (response.jwt === undefined || offered === undefined) return
  const { issuer, algorithms } = response.jwt
  if (algorithms.some((algorithm) => offered.includes(algorithm))) return
  throw new ResponseUntrustedError(
    `${issuer}: introspection_signing_alg_values_supported of its metadata has none of response.jwt.algorithms (${algorithms.join(', ')})`,
  )
}

function failed(step: CheckStep, thrown: unknown): CheckFailed {
  const error =
    thrown instanceof Error ? thrown : new Error('the check failed with a value that is no Error', { cause: thrown })
  return Object.freeze({ ok: false, step: stepOf(error, step), side: sideOf(error, step), error })
}

/** Some errors of a reply are about more than the step that reads it. */
function stepOf(error: Error, step: CheckStep): CheckStep {
  if (error instanceof TransportUnauthorizedError) return 'credentials'
  if (error instanceof ResponseKeysUnavailableError) return 'keys'
  const isAboutStatus = error instanceof TransportStatusError || error instanceof TransportRateLimitedError
  return step === 'answer' && isAboutStatus ? 'endpoint' : step
}

/** Who has to look first at an error. */
export function sideOf(error: Error, step: CheckStep): CheckSide {
  if (error instanceof JwtKeysUnavailableError || error instanceof ResponseKeysUnavailableError) {
    return isIntrospectionError(error.cause) ? sideOf(error.cause, step) : 'authorization_server'
  }
  if (
    error instanceof TransportUnreachableError ||
    error instanceof TransportTimeoutError ||
    error instanceof TransportCircuitOpenError
  ) {
    return 'connection'
  }
  if (error instanceof TransportRateLimitedError) return 'authorization_server'
  if (error instanceof TransportStatusError) return error.retryable ? 'authorization_server' : 'resource_server'
  // Metadata of another issuer mean a wrong option, as the message says.
  if (error instanceof ResponseUntrustedError) return step === 'metadata' ? 'resource_server' : 'authorization_server'
  return error instanceof ResponseMalformedError ? 'authorization_server' : 'resource_server'
}
