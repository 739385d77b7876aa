/** SPINE: token in, answer out. */
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { WITH_SCHEME } from './result/inactive.ts'
import type { IntrospectionResult } from './result/introspection-result.ts'
import type { IntrospectOptions } from './call-options.ts'
import { RevocationUnseenError, TokenTooLongError } from './errors.ts'
import { refuseUnpresentable } from './token/refuse-unpresentable.ts'
import type { Trace } from './events/trace.ts'
import { type FoundAnswer, mayJoin, noteFound } from './cache/found-answer.ts'
import type { Flight, SingleFlight } from './cache/single-flight.ts'
import type { LivenessRecord } from './revocations/liveness.ts'
import type { Deadline } from './transport/deadline.ts'
import { withoutSent } from './transport/without-sent.ts'
import { findAnswer, type FindSteps } from './find-answer.ts'

/** Everything the spine needs, by step. */
export interface Steps extends FindSteps {
  readonly token: FindSteps['token'] & {
    readonly maxBytes: number
    /** Told when the caller has passed a whole `Authorization` field. */
    readonly onScheme?: (() => void) | undefined
  }
  readonly flights: SingleFlight<FoundAnswer>
}

/**
 * A token that no server could have issued is inactive without a request, and one that is too long is an error. An
 * available answer is returned without a promise. The client asks about any other token within the deadline, once for
 * all parallel calls. `trace` is for events. `liveness` is filled with how late a revocation can be.
 */
export function introspect(
  token: string,
  options: IntrospectOptions,
  steps: Steps,
  trace?: Trace,
  liveness?: LivenessRecord,
): MaybePromise<IntrospectionResult> {
  const cache = options.cache === false ? undefined : steps.cache
  requireFeed(options, steps)
  if (token.length > steps.token.maxBytes) throw tooLong(token, steps.token.maxBytes)
  // In memory only presentable tokens are found, so a hit skips this check, a twelfth of its cost.
  if (cache === undefined || cache.isShared) {
    const refused = unpresentable(token, steps)
    if (refused !== undefined) return refused
  }
  options.signal?.throwIfAborted()
  const key = steps.token.fingerprint(token, options)
  if (trace !== undefined) trace.key = key
  if (cache === undefined) return ask(token, options, key, undefined, steps, trace, liveness)
  const { answers } = cache
  // With a store in memory and Node's digest, this creates no promise and no closure.
  const remembered =
    typeof key === 'string' ? answers.recall(key, options, liveness) : recallLater(key, cache, options, liveness)
  if (remembered !== undefined && 'active' in remembered) {
    if (trace !== undefined) trace.source = 'cache'
    steps.revocations?.followOnHit?.()
    return remembered
  }
  return askNow(token, options, key, remembered, steps, trace, liveness)
}

/** Nothing was found at once. Apart from {@link introspect}, so that the engine has less to put into the path of a hit. */
function askNow(
  token: string,
  options: IntrospectOptions,
  key: MaybePromise<string>,
  remembered: Promise<IntrospectionResult | undefined> | undefined,
  steps: Steps,
  trace: Trace | undefined,
  liveness: LivenessRecord | undefined,
): MaybePromise<IntrospectionResult> {
  return unpresentable(token, steps) ?? ask(token, options, key, remembered, steps, trace, liveness)
}

async function recallLater(
  key: Promise<string>,
  { answers }: NonNullable<Steps['cache']>,
  options: IntrospectOptions,
  liveness: LivenessRecord | undefined,
): Promise<IntrospectionResult | undefined> {
  return answers.recall(await key, options, liveness)
}

function unpresentable(token: string, steps: Steps): IntrospectionResult | undefined {
  const refused = refuseUnpresentable(token)
  if (refused === WITH_SCHEME) steps.token.onScheme?.()
  return refused
}

/** @throws TypeError when the call names a revocation, and the client follows no feed. */
export function requireFeed({ notOlderThan }: IntrospectOptions, { revocations }: Pick<Steps, 'revocations'>): void {
  if (notOlderThan === undefined || revocations !== undefined) return
  throw new TypeError('notOlderThan: needs the option revocations of the client')
}

/** The token may be good but is too long for this resource server. To call it inactive would be a guess. */
function tooLong({ length }: string, maxBytes: number): TokenTooLongError {
  return new TokenTooLongError(
    `the token has ${length} octets, more than token.maxBytes of this resource server (${maxBytes}), so the client did not ask about ` +
      'it; raise token.maxBytes, or have the authorization server issue shorter tokens, such as opaque ones',
  )
}

async function ask(
  token: string,
  options: IntrospectOptions,
  key: MaybePromise<string>,
  remembered: Promise<IntrospectionResult | undefined> | undefined,
  steps: Steps,
  trace: Trace | undefined,
  liveness: LivenessRecord | undefined,
): Promise<IntrospectionResult> {
  const deadline = steps.transport.deadlines.start(options.signal)
  if (trace !== undefined && remembered !== undefined) trace.source = 'cache'
  try {
    const answer = remembered && (await deadline.race(remembered))
    if (answer !== undefined) {
      steps.revocations?.followOnHit?.()
      return answer
    }
    const known = isPromise(key) ? await key : key
    steps.revocations?.follow()
    let call = options
    for (;;) {
      const calledAtMs = steps.nowMs()
      const joinedBefore = steps.flights.joined
      const flight = joinFlight(token, call, known, deadline, steps, trace)
      const wasJoined = steps.flights.joined !== joinedBefore
      deadline.waitsFor = () => flight.waitsFor
      deadline.onCancel((reason) => flight.leave(reason))
      try {
        const found = await deadline.race(flight.answer)
        // Such a call joins no request, so this is the answer to its own.
        if (options.notOlderThan !== undefined && found.result.active && found.read?.isConfirmed !== true)
          throw new RevocationUnseenError()
        // The request of another call may be older than this token allows, which only its answer says.
        if (wasJoined && !mayJoin(found, calledAtMs - flight.askedAtMs)) {
          call = { ...options, maxAgeSeconds: 0 }
          continue
        }
        if (liveness !== undefined) noteFound(liveness, found, wasJoined ? 'joined' : 'endpoint', steps)
        return found.result
      } catch (error) {
        // The flight may have ended silently, as in a worker. Then this call asks again.
        if (deadline.isCancelled || !steps.flights.abandon(flight)) throw error
      }
    }
  } catch (error) {
    throw withoutSent(error, token, steps.transport.credentials.cleanerFor)
  } finally {
    deadline.settle()
  }
}

/**
 * Each waiting call has its own deadline and signal. The request ends when no call waits for it any more. A call joins
 * it only while the request may last as long as the call may wait, which is twice the deadline of the first call.
 */
function joinFlight(
  token: string,
  call: IntrospectOptions,
  key: string,
  { expiresAtMs: waitsUntilMs }: Deadline,
  steps: Steps,
  trace: Trace | undefined,
): Flight<FoundAnswer> {
  if (trace !== undefined) trace.source = 'joined'
  const { maxAgeSeconds, notOlderThan } = call
  const askedAtMs = steps.nowMs()
  // A request that began before the call may have been read before the revocation.
  const maxAgeMs = notOlderThan !== undefined ? 0 : maxAgeSeconds === undefined ? undefined : maxAgeSeconds * 1000
  return steps.flights.board(
    key,
    { maxAgeMs, nowMs: askedAtMs, waitsUntilMs, isAlone: call.cache === false },
    () => steps.transport.sharedDeadlines.start(),
    (flightDeadline, isCurrent) => {
      // A new flight starts at once; another call's flight has started already.
      if (trace !== undefined) trace.source = 'endpoint'
      return findAnswer(token, call, key, askedAtMs, isCurrent, flightDeadline, steps, trace)
    },
  )
}
