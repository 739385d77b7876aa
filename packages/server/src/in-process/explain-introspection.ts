/** SPINE: explains step by step why a protected resource gets its answer. It is for the operator and never for the wire. */
import { INACTIVE, type IntrospectionResponse } from '@token-introspection/core'
import { formatSteps, type StepOutcome } from '@token-introspection/core/explanation'
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
  readonly outcome: StepOutcome
  /** What the step saw and decided, for people to read. */
  readonly detail: string
  /** What to do about it; `undefined` when there is nothing to do, or when `detail` says it. */
  readonly remedy: string | undefined
  /** Milliseconds that the step took. */
  readonly durationMs: number
}

/** The parts of an {@link Explanation}. */
export interface ExplanationParts {
  readonly response: IntrospectionResponse
  readonly reason: InactiveReason | undefined
  readonly error: unknown
  readonly steps: readonly ExplainedStep[]
}

/**
 * The answer and its explanation. `String(explanation)` is a text for a terminal. It contains neither the token nor a secret,
 * but it may contain data of the record.
 */
export class Explanation {
  readonly response: IntrospectionResponse
  /** The reason for an inactive answer. `undefined` for an active answer, or when a step failed. */
  readonly reason: InactiveReason | undefined
  /** The error of a failed step. A request would be answered with an error. */
  readonly error: unknown
  /** The steps in their order, as far as they were taken. */
  readonly steps: readonly ExplainedStep[]

  constructor({ response, reason, error, steps }: ExplanationParts) {
    this.response = response
    this.reason = reason
    this.error = error
    this.steps = steps
  }

  /** The explanation as text: the answer, then a line for each step, wrapped at 80 columns. */
  toString(): string {
    return formatSteps(
      this.#headline(),
      this.steps.map(({ step: name, ...told }) => ({ name, ...told })),
    )
  }

  #headline(): string {
    if (this.error !== undefined) return 'no answer, because a step failed'
    if (this.response.active) return 'active'
    return this.reason === undefined ? 'inactive' : `inactive: ${this.reason}`
  }
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
  return new Explanation({ response, reason, error, steps: explained })
}

type Told = Pick<ExplainedStep, 'outcome' | 'detail' | 'remedy'>

async function explain<Value>(
  explained: ExplainedStep[],
  step: ExplainedStep['step'],
  describe: (value: Value) => Told,
  take: () => Value | Promise<Value>,
): Promise<Value> {
  const startedMs = performance.now()
  const add = (told: Told): number => explained.push({ step, ...told, durationMs: performance.now() - startedMs })
  try {
    const value = await take()
    add(describe(value))
    return value
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'a value that is not an error was thrown'
    add({ outcome: 'failed', detail, remedy: undefined })
    throw error
  }
}

function passed(detail: string): Told {
  return { outcome: 'passed', detail, remedy: undefined }
}

function refused(detail: string, remedy: string | undefined): Told {
  return { outcome: 'refused', detail, remedy }
}

function describeProtectedResource({ id, audiences }: ProtectedResource): Told {
  const named = audiences === undefined || audiences.length === 0 ? 'no audiences' : `the audiences ${list(audiences)}`
  return passed(`${id}, with ${named}`)
}

function describeFound({ resolver, record, reason, known }: FoundToken): Told {
  if (known === undefined) return describeUnknown(reason)
  const what = `${known.kind} known to ${resolver}`
  if (record !== undefined) return passed(`${what}, live`)
  const { exp, nbf } = known
  const when = { expired: ` since exp ${exp}`, 'not-yet-valid': ` before nbf ${nbf}` }[reason as string] ?? ''
  return refused(`${what}, ${reason}${when}`, LOOKUP_REMEDIES[reason as string])
}

function describeUnknown(reason: FoundToken['reason']): Told {
  if (reason === 'not-minted') return refused('lookup.isMinted says it was not minted here', ANOTHER_SERVER)
  if (reason === 'too-long') {
    return refused(
      'it is longer than request.maxTokenLength',
      'If your tokens are that long, raise request.maxTokenLength.',
    )
  }
  return refused('no resolver knows it', `${ANOTHER_SERVER} Or was it never saved, or removed since?`)
}

const ANOTHER_SERVER = 'Is it a token of another authorization server, or of another environment?'

const LOOKUP_REMEDIES: Readonly<Record<string, string>> = {
  expired: 'The client needs a new token. If the token is new, compare the clocks, and its lifetime.',
  revoked:
    'The client needs a new token. If nobody revoked it, look at the revocations of its grant, session and user.',
  'not-yet-valid': 'The client has to wait. If the token is meant to be valid now, compare the clocks.',
}

function describeDisclosure(
  { id, audiences }: ProtectedResource,
  { record: found }: FoundToken,
  { record, view, reason }: Disclosure,
): Told {
  if (found === undefined) return { outcome: 'skipped', detail: 'nothing to decide', remedy: undefined }
  if (reason === 'refresh-token') {
    return refused(
      `a refresh token is shown only to its own client, with authorization.refreshTokens and the hint refresh_token; not to ${id}`,
      'Send the access token. A refresh token is for its own client alone.',
    )
  }
  if (reason === 'other-kind') {
    const kind = JSON.stringify(found.kind)
    return refused(`kind is ${kind}, and only access_token and refresh_token are shown`, 'Send the access token.')
  }
  const about = `audience ${list([found.aud ?? []].flat())}, issued to ${found.client_id ?? 'nobody'}`
  if (record === undefined && (audiences ?? []).length === 0) {
    return refused(
      `denied by the policy: ${about}; ${id} has no audiences, so it sees only tokens that were issued to it`,
      `Register its audiences: { id: ${JSON.stringify(id)}, audiences: ['https://api.example.com'] }, or change authorization.allow.`,
    )
  }
  if (record === undefined) {
    return refused(
      `denied by the policy: ${about}; ${id} answers to ${list(audiences ?? [])}`,
      `Issue the token for an audience of ${id}, or register its audience at ${id}, or change authorization.allow.`,
    )
  }
  if (view === undefined) return passed(`allowed: ${about}`)
  const narrowed = Object.entries(view).flatMap(([name, value]) => (value === undefined ? [] : name))
  return passed(`allowed with a view of ${narrowed.join(', ')}: ${about}`)
}

function describeConfirmed({ record }: Disclosure): Told {
  return record === undefined
    ? refused(
        'lookup.isActive did not say true',
        'Look at what lookup.isActive checks, such as the user or the session.',
      )
    : passed('active, says lookup.isActive')
}

function describeAnswer({ response }: Answer): Told {
  return passed(response.active ? `active, with ${list(Object.keys(response))}` : 'inactive')
}

function list(values: readonly string[]): string {
  return JSON.stringify(values)
}
