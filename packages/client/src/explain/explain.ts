/** SPINE: runs a guard for one token, and explains each of its steps. */
import { type IntrospectionError, isIntrospectionError } from '@token-introspection/core'
import { sideOf } from '../check.ts'
import { guardPresented } from '../guard.ts'
import type { GuardSource } from '../guards/create-guard.ts'
import { challengeSettings } from '../guards/challenge-settings.ts'
import type { IntrospectOptions } from '../call-options.ts'
import { introspect, requireFeed, type Steps } from '../introspect.ts'
import type { ResolvedGuard } from '../policy/resolve-guard.ts'
import type { OptionalGuardDecision } from '../result/guard-decision.ts'
import { UNKNOWN_ISSUER } from '../result/inactive.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import { extractToken, type PresentedToken, type TokenSources } from '../token/extract-token.ts'
import { shortFingerprint } from '../token/fingerprint-token.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { refuseUnpresentable } from '../token/refuse-unpresentable.ts'
import { readRequestForm } from '../token/request-form.ts'
import type { SentRequest } from '../transport/without-secrets.ts'
import { type Cleaner, createValueCleaner } from './clean-values.ts'
import { explainCache } from './explain-cache.ts'
import { explainJwt } from './explain-jwt.ts'
import { explainPolicy } from './explain-policy.ts'
import { explainResponse } from './explain-response.ts'
import { explainResult } from './explain-result.ts'
import { explainToken } from './explain-token.ts'
import { explainTransport } from './explain-transport.ts'
import { Explanation } from './explanation.ts'
import { Notes, type TimedStep } from './notes.ts'
import { observeConfirmation, observeSteps } from './observe-steps.ts'
import type { FailedStep, Run } from './run.ts'

/** What is explained, and for which guard. */
export interface Explaining {
  readonly guard: ResolvedGuard
  readonly useCache: boolean
  /** The steps of the client; `undefined` when the token belongs to no client. */
  readonly steps: Steps | undefined
  readonly source: Pick<GuardSource, 'sources' | 'now'>
  /** The name of the issuer in `combineIssuers`. */
  readonly issuer?: string | undefined
  /** Why the issuer of the token could not be found. */
  readonly failure?: IntrospectionError | undefined
}

/** What a request, or a token by itself, presents. */
export async function readPresented(input: string | GuardRequest, sources: TokenSources): Promise<PresentedToken> {
  if (typeof input === 'string') {
    return { kind: 'token', token: input, scheme: 'Bearer', source: 'header', request: WITHOUT_FIELDS }
  }
  const form = sources.form ? await readRequestForm(input) : undefined
  return extractToken(input, sources, form)
}

/** Stands for the request of a token by itself. */
const WITHOUT_FIELDS: GuardRequest = Object.freeze({ headers: Object.freeze({ get: () => undefined }) })

/** Decides as the guard does, and explains the steps. It rejects for nothing that happens on the way. */
export async function explain(presented: PresentedToken, explaining: Explaining): Promise<Explanation> {
  const { guard, source, steps, issuer } = explaining
  const notes = new Notes(performance.now())
  const call = callOptions(guard)
  if (steps !== undefined) requireFeed(call, steps)
  const observed = steps && observeSteps(steps, notes)
  let decision: OptionalGuardDecision | undefined
  let thrown: unknown
  try {
    decision = await guardPresented(presented, {
      token: source.sources,
      introspect: (token) => ask(token, call, observed, notes, explaining),
      // The decision is about one answer, so the client does not look at the token again.
      sequence: undefined,
      // Step response says why.
      mayLoseReason: true,
      // The explanation cleans what it shows.
      cleanerFor: () => (text) => text,
      policy: { ...guard.policy, confirmation: observeConfirmation(guard.policy.confirmation) },
      // An explanation leaves no trace.
      audience: undefined,
      check: guard.check,
      result: challengeSettings(guard),
      optional: guard.optional,
      leewaySeconds: steps?.response.leewaySeconds ?? 0,
      now: source.now,
    })
  } catch (error) {
    thrown = error
  }
  const { step } = notes
  notes.enter('policy')
  const cleaner = await createCleanerFor(presented, notes, explaining)
  const failure = thrown ?? (decision?.allowed === false ? decision.error : undefined)
  const { request, token } = presented.kind === 'token' ? presented : { request: undefined, token: undefined }
  const run: Run = {
    steps,
    sources: source.sources,
    guard: { ...guard, policy: { ...guard.policy, confirmation: observeConfirmation(guard.policy.confirmation) } },
    useCache: explaining.useCache,
    isTokenAlone: request === WITHOUT_FIELDS,
    presented,
    notes,
    decision,
    failed: failure === undefined ? undefined : failedStep(failure, step, notes, cleaner),
    cleaner,
    now: source.now,
    nowMs: steps?.nowMs ?? (() => source.now() * 1000),
    token,
    wasAsked: notes.result !== undefined || notes.wasBegun,
    maxAgeSeconds: call.maxAgeSeconds,
  }
  const refusal = decision?.allowed === false ? decision : undefined
  return new Explanation({
    allowed: decision?.allowed === true,
    reason: refusal?.reason,
    status: refusal?.status,
    issuer,
    steps: [
      explainToken(run),
      explainCache(run),
      explainJwt(run),
      explainTransport(run),
      explainResponse(run),
      await explainPolicy(run),
      explainResult(run),
    ],
  })
}

function callOptions({ maxAgeSeconds, notOlderThan }: ResolvedGuard): IntrospectOptions {
  return notOlderThan === undefined ? { maxAgeSeconds } : { maxAgeSeconds, notOlderThan: notOlderThan() }
}

/** Asks about the token as the guard does. */
async function ask(
  token: string,
  call: IntrospectOptions,
  observed: Steps | undefined,
  notes: Notes,
  { useCache, steps, failure }: Explaining,
): Promise<IntrospectionResult> {
  if (failure !== undefined) throw failure
  if (observed === undefined || steps === undefined) {
    notes.result = UNKNOWN_ISSUER
    return UNKNOWN_ISSUER
  }
  const isLookedUp = token.length <= steps.token.maxBytes && refuseUnpresentable(token) === undefined
  notes.fingerprint = shortFingerprint(await steps.token.fingerprint(token, {}))
  notes.enter('cache')
  if (isLookedUp && steps.cache !== undefined) await lookIntoCache(token, call, steps, notes)
  notes.enter('jwt')
  notes.wasBegun = isLookedUp
  notes.result = await introspect(token, { ...call, cache: useCache }, observed, notes.trace)
  notes.enter('policy')
  return notes.result
}

async function lookIntoCache(token: string, call: IntrospectOptions, steps: Steps, notes: Notes): Promise<void> {
  notes.wasCacheRead = true
  try {
    notes.kept = await steps.cache?.answers.peek(await steps.token.fingerprint(token, call), call)
  } catch (error) {
    notes.cacheFailure = error
  }
}

/** Without a request, the credentials of the client are made once more, because the server that was asked before knows them. */
async function createCleanerFor(presented: PresentedToken, notes: Notes, { steps }: Explaining): Promise<Cleaner> {
  if (presented.kind !== 'token') return createValueCleaner([], [])
  const secrets = [presented.token, presented.request.headers.get('dpop') ?? '']
  if (notes.requests.length > 0 || notes.result?.active !== true || steps === undefined) {
    return createValueCleaner(secrets, notes.requests)
  }
  try {
    return createValueCleaner(secrets, [await draftOf(steps)])
  } catch {
    return WITHHOLDING
  }
}

/** The cleaner when the credentials of the client are unknown. */
const WITHHOLDING: Cleaner = Object.freeze({ text: () => '[withheld]', value: () => undefined })

/** A request with the credentials of the client, which is not sent. */
async function draftOf({ transport }: Steps): Promise<SentRequest> {
  const { clientAuthentication, endpoint, issuer } = transport
  const draft = { endpoint: endpoint.known ?? issuer ?? '', issuer, headers: {}, parameters: {} }
  await clientAuthentication.authenticate(draft)
  return { headers: draft.headers, body: new URLSearchParams(draft.parameters).toString() }
}

/** The code of an error begins with the word of its step. */
const STEPS = [
  ['ERR_TOKEN', 'token'],
  ['ERR_ISSUER', 'token'],
  ['ERR_JWT', 'jwt'],
  ['ERR_TRANSPORT', 'transport'],
  ['ERR_RESPONSE', 'response'],
  ['ERR_REVOCATION', 'response'],
  ['ERR_POLICY', 'policy'],
] as const

function failedStep(error: unknown, working: TimedStep, notes: Notes, cleaner: Cleaner): FailedStep {
  const thrown = error instanceof Error ? error : new Error('a value that is not an error was thrown')
  const message = cleaner.text(thrown.message)
  if (!isIntrospectionError(error)) {
    return { step: working, error: { code: undefined, message: `${thrown.name}: ${message}`, side: 'resource_server' } }
  }
  const { code } = error
  const named = STEPS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? working
  // The metadata and the access token of the client are read by the rules of an answer, too.
  const step = named === 'response' && notes.requests.length === 0 && notes.response === undefined ? 'transport' : named
  const side = sideOf(thrown, step === 'transport' ? 'metadata' : 'answer')
  return { step, error: { code, message, side } }
}
