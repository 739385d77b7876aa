/** SPINE: no token in, the health of the client out. */
import { isIntrospectionError } from '@token-introspection/core'
import {
  JwtKeysUnavailableError,
  ResponseKeysUnavailableError,
  ResponseMalformedError,
  ResponseUntrustedError,
  SecretUnavailableError,
  TransportCircuitOpenError,
  TransportRateLimitedError,
  TransportStatusError,
  TransportTimeoutError,
  TransportUnauthorizedError,
  TransportUnreachableError,
} from './errors.ts'
import type { Steps } from './introspect.ts'
import { askEndpoint } from './ask-endpoint.ts'
import type { Deadline } from './transport/deadline.ts'
import { MethodMistake } from './transport/client-authentication/method-mistake.ts'
import { askAboutMadeUpToken } from './transport/made-up-token.ts'

/**
 * A step of {@link IntrospectionClient.check}, in this order.
 *
 * - `metadata`: the introspection endpoint was found, in the options or in the metadata of the issuer. With `response.jwt`,
 *   the metadata name one of its algorithms, if they name any
 * - `credentials`: the client made its credentials, and the endpoint accepted them
 * - `endpoint`: the endpoint answered with status 200, or as `response.inactiveWhen` lists
 * - `answer`: the answer was well-formed, trusted, and `active: false`
 * - `keys`: the issuer's public keys are there, for answers or tokens that are signed, and so are `response.jwt.decryptionKeys`
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
  /** The error with which a call would have failed. */
  readonly error: Error
  /** What to do, for people to read. */
  readonly remedy: string
}

/** The result of {@link IntrospectionClient.check}. */
export type CheckResult = CheckPassed | CheckFailed

const PASSED: CheckPassed = Object.freeze({ ok: true })

const OF_THEIRS = 'Look at the authorization server: its status page, its log, and the limits it has for you'
const OF_CONNECTION =
  'Look at the cause of the error, and at the name, the firewall, the proxy and the certificate between the two. If the server is only slow, raise transport.deadlineMs'

const OF_FUNCTION =
  'Set the variable that the function reads, or repair its access to the vault or key store. The error names the option'

const REMEDIES: Readonly<Record<CheckStep, Readonly<Record<CheckSide, string>>>> = {
  metadata: {
    resource_server:
      'Compare issuer with the member issuer of the metadata. If the server publishes its metadata at another URL, set transport.metadataUrl; if it publishes none, set endpoint',
    authorization_server: OF_THEIRS,
    connection: OF_CONNECTION,
  },
  credentials: {
    resource_server:
      'Compare the identifier, the secret or key, and the method of clientAuthentication with the registration at the authorization server, and look at the cause of the error',
    authorization_server: OF_THEIRS,
    connection: OF_CONNECTION,
  },
  endpoint: {
    resource_server:
      'Compare endpoint with the URL that the authorization server documents, and look whether this client is allowed to introspect',
    authorization_server: OF_THEIRS,
    connection: OF_CONNECTION,
  },
  answer: {
    resource_server: 'Look at the options response and provider',
    authorization_server:
      'Look at what answered: the endpoint may be the one of something else, such as a login page or a proxy. If it is right, use its preset as provider',
    connection: OF_CONNECTION,
  },
  keys: {
    resource_server: 'Look at jwks_uri in the metadata of the issuer, and at the options jwt and response.jwt',
    authorization_server: OF_THEIRS,
    connection: OF_CONNECTION,
  },
}

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
    if (response.jwt !== undefined) await deadline.race(Promise.resolve(response.jwt.findDecryptionKeys()))
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
  const failedStep = stepOf(error, step)
  const side = sideOf(error, step)
  const isOfFunction = error instanceof SecretUnavailableError && !(error.cause instanceof MethodMistake)
  const remedy = isOfFunction ? OF_FUNCTION : REMEDIES[failedStep][side]
  return Object.freeze({ ok: false, step: failedStep, side, error, remedy })
}

/** Some errors of a reply are about more than the step that reads it. */
function stepOf(error: Error, step: CheckStep): CheckStep {
  if (error instanceof TransportUnauthorizedError) return 'credentials'
  if (error instanceof ResponseKeysUnavailableError) return 'keys'
  // An answer needs only the keys that decrypt it.
  if (error instanceof SecretUnavailableError && step === 'answer') return 'keys'
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
