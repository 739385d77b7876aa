/** SPINE: explains step by step why a protected resource gets its answer. It is for the operator and never for the wire. */
import { INACTIVE, type IntrospectionResponse } from '@token-introspection/core'
import { authorizeDisclosure, type Disclosure, type InactiveReason } from '../authorization/authorize-disclosure.ts'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import type { Steps } from '../handle-introspection.ts'
import { findProtectedResource, type InProcessRequest, toIntrospectionRequest } from './introspect-in-process.ts'
import { confirmActive } from '../lookup/confirm-active.ts'
import { findToken, type FoundToken } from '../lookup/find-token.ts'
import { shapeResponse } from '../response/shape-response.ts'
import type { Answer } from '../response/answer.ts'

/** One step on the way to an answer. */
export interface ExplainedStep {
  readonly step: 'clientAuthentication' | 'lookup' | 'authorization' | 'response'
  /** The outcome, for people to read. */
  readonly outcome: string
  readonly durationMs: number
}

/** The answer and its explanation. It contains neither the token nor a secret, but it may contain data of the record. */
export interface Explanation {
  readonly response: IntrospectionResponse
  /** The reason for an inactive answer. `undefined` for an active answer, or when a step failed. */
  readonly reason: InactiveReason | undefined
  /** The error of a failed step. A request would be answered with an error. */
  readonly error: unknown
  readonly steps: readonly ExplainedStep[]
}

/** Runs the steps of {@link introspectInProcess} and describes the outcome of each. */
export async function explainIntrospection(
  token: string,
  request: InProcessRequest,
  steps: Steps,
): Promise<Explanation> {
  const explained: ExplainedStep[] = []
  const introspection = toIntrospectionRequest(token, request)
  let reason: InactiveReason | undefined
  let response: IntrospectionResponse = INACTIVE
  let error: unknown
  try {
    const protectedResource = await explain(explained, 'clientAuthentication', describeProtectedResource, () =>
      findProtectedResource(request.protectedResource, steps),
    )
    const found = await explain(explained, 'lookup', describeFound, () => findToken(introspection, steps.lookup))
    const authorized = await explain(
      explained,
      'authorization',
      (its: Disclosure) => describeDisclosure(protectedResource, found, its),
      () => authorizeDisclosure(protectedResource, found, steps.authorization),
    )
    const isAsked = authorized.record !== undefined && steps.lookup.isActive !== undefined
    const disclosure = isAsked
      ? await explain(explained, 'lookup', describeConfirmed, () => confirmActive(authorized, found, steps.lookup))
      : authorized
    reason = disclosure.reason
    const answer = await explain(explained, 'response', describeAnswer, () =>
      shapeResponse(disclosure, protectedResource, steps.response),
    )
    response = structuredClone(answer.response)
  } catch (thrown) {
    error = thrown
  }
  return { response, reason, error, steps: explained }
}

async function explain<Value>(
  explained: ExplainedStep[],
  step: ExplainedStep['step'],
  describe: (value: Value) => string,
  take: () => Value | Promise<Value>,
): Promise<Value> {
  const startedMs = performance.now()
  const add = (outcome: string): number => explained.push({ step, outcome, durationMs: performance.now() - startedMs })
  try {
    const value = await take()
    add(describe(value))
    return value
  } catch (error) {
    add(`failed: ${error instanceof Error ? error.message : 'a value that is not an error was thrown'}`)
    throw error
  }
}

function describeProtectedResource({ id, audiences }: ProtectedResource): string {
  return `${id}, with ${audiences === undefined || audiences.length === 0 ? 'no audiences' : `the audiences ${list(audiences)}`}`
}

/** The outcomes of a lookup that asked no resolver. */
const NOT_FOUND: Readonly<Record<string, string>> = {
  'not-minted': 'lookup.isMinted says it was not minted here',
  'too-long': 'it is longer than request.maxTokenLength',
}

function describeFound({ resolver, record, reason, known }: FoundToken): string {
  if (known === undefined) return NOT_FOUND[reason as string] ?? 'no resolver knows it'
  const what = `${known.kind} known to ${resolver}`
  if (record !== undefined) return `${what}, live`
  const { exp, nbf } = known
  const when = { expired: ` since exp ${exp}`, 'not-yet-valid': ` before nbf ${nbf}` }[reason as string] ?? ''
  return `${what}, ${reason}${when}`
}

function describeDisclosure(
  { id, audiences }: ProtectedResource,
  { record: found }: FoundToken,
  { record, view, reason }: Disclosure,
): string {
  if (found === undefined) return 'nothing to decide'
  if (reason === 'refresh-token') {
    return `a refresh token is shown only to its own client, with authorization.refreshTokens and the hint refresh_token; not to ${id}`
  }
  if (reason === 'other-kind')
    return `kind is ${JSON.stringify(found.kind)}, and only access_token and refresh_token are shown`
  const about = `audience ${list([found.aud ?? []].flat())}, issued to ${found.client_id ?? 'nobody'}`
  if (record === undefined) return `denied by the policy: ${about}; ${id} answers to ${list(audiences ?? [])}`
  if (view === undefined) return `allowed: ${about}`
  const narrowed = Object.entries(view).flatMap(([name, value]) => (value === undefined ? [] : name))
  return `allowed with a view of ${narrowed.join(', ')}: ${about}`
}

function describeConfirmed({ record }: Disclosure): string {
  return record === undefined ? 'lookup.isActive did not say true' : 'active, says lookup.isActive'
}

function describeAnswer({ response }: Answer): string {
  return response.active ? `active, with ${list(Object.keys(response))}` : 'inactive'
}

function list(values: readonly string[]): string {
  return JSON.stringify(values)
}
