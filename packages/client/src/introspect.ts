/** SPINE: token in, answer out. */
import { type IntrospectionResponse, signedContent, type TokenTypeHint } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { checkOptionNames, copyOptions } from '@token-introspection/core/options'
import { positionFault } from './revocations/position-fault.ts'
import { WITH_SCHEME } from './result/inactive.ts'
import type { IntrospectionResult } from './result/introspection-result.ts'
import { type FingerprintToken, tokenPart } from './token/fingerprint-token.ts'
import { RevocationUnseenError, TokenTooLongError } from './errors.ts'
import { refuseUnpresentable } from './token/refuse-unpresentable.ts'
import type { Trace } from './events/trace.ts'
import type { JudgeResponse } from './response/judge-response.ts'
import type { CacheStep } from './cache/cache-options.ts'
import { type FoundAnswer, mayJoin } from './cache/found-answer.ts'
import type { Flight, SingleFlight } from './cache/single-flight.ts'
import { agree } from './jwt/agree.ts'
import { answerLocally, type JwtStep } from './jwt/answer-locally.ts'
import { checkRevocations } from './jwt/check-revocations.ts'
import type { IntrospectionQuestion } from './transport/build-request.ts'
import type { LivenessRecord, LivenessSource } from './revocations/liveness.ts'
import { noteLiveness } from './revocations/note-liveness.ts'
import { ReadAnswer } from './revocations/read-answer.ts'
import { msSince, momentOf } from './revocations/revocation-clock.ts'
import type { RevocationsStep } from './revocations/revocations-step.ts'
import type { Deadline } from './transport/deadline.ts'
import { withoutSent } from './transport/without-sent.ts'
import { askEndpoint, type AskSteps } from './ask-endpoint.ts'

/** Everything the spine needs, by step. */
export interface Steps extends AskSteps {
  readonly token: {
    readonly maxBytes: number
    readonly fingerprint: FingerprintToken
    /** Told when the caller has passed a whole `Authorization` field. */
    readonly onScheme?: (() => void) | undefined
    /** The hint of calls without a hint. */
    readonly tokenTypeHint?: TokenTypeHint | undefined
  }
  /** Without it, no answer is cached. */
  readonly cache: CacheStep<IntrospectionResult> | undefined
  readonly flights: SingleFlight<FoundAnswer>
  /** The feed of revocations that the client follows. */
  readonly revocations: RevocationsStep | undefined
  /** Judges every answer by the current time, fresh or cached. */
  readonly judge: JudgeResponse
  /** Without it, JWTs are introspected like other tokens. */
  readonly jwt: JwtStep | undefined
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

/** Options of one call. */
export interface IntrospectOptions {
  /** Ends the call early. The call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Sent as `token_type_hint`. Leave it out unless the authorization server requires it (RFC 7662 §2.1). */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /**
   * Further parameters of the request, such as `resource` (RFC 7662 §2.1). Parameters that another option sets are not
   * allowed.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /**
   * How many seconds old an answer may be for this call, at most what the `cache` option allows. The call also shares
   * no older request. 0 asks now, and keeps the fresh answer for others. Default the limit of the `cache` option; then
   * the call shares any current request.
   */
  readonly maxAgeSeconds?: number | undefined
  /**
   * The position of a revocation, which `revoke…()` of a token store gives: the answer must know of it. The client uses a
   * remembered answer if the feed has told it of this very revocation. Otherwise it asks now, and takes only an answer
   * that the server read after it. It needs the option `revocations`. Default none.
   */
  readonly notOlderThan?: string | undefined
  /**
   * `false` asks past the cache: the call uses no kept answer, shares no request, and keeps nothing, so answers that are
   * kept stay as they are. It is for looking at a token, as support does. Before you let a request pass, ask with
   * `maxAgeSeconds: 0` instead: its fresh answer replaces an older one. Default `true`.
   */
  readonly cache?: boolean | undefined
}

const CALL_OPTIONS = ['signal', 'tokenTypeHint', 'parameters', 'maxAgeSeconds', 'notOlderThan', 'cache'] as const

/**
 * Checks the options of one call.
 *
 * @throws TypeError that names the option that is unknown or wrong.
 */
export function checkCallOptions(options: IntrospectOptions): void {
  checkOptionNames('', options, CALL_OPTIONS)
  const { signal, tokenTypeHint, parameters, maxAgeSeconds, notOlderThan, cache } = options
  if (maxAgeSeconds !== undefined && !(typeof maxAgeSeconds === 'number' && maxAgeSeconds >= 0)) {
    throw new TypeError('maxAgeSeconds: must be a number of seconds, 0 or more')
  }
  const fault = notOlderThan === undefined ? undefined : positionFault(notOlderThan)
  if (fault !== undefined) throw new TypeError(`notOlderThan: ${fault}`)
  if (cache !== undefined && typeof cache !== 'boolean') throw new TypeError('cache: must be a boolean')
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== 'function') {
    throw new TypeError('signal: must be an AbortSignal')
  }
  if (tokenTypeHint !== undefined && (typeof tokenTypeHint !== 'string' || tokenTypeHint === '')) {
    throw new TypeError('tokenTypeHint: must be a non-empty string')
  }
  for (const [name, value] of Object.entries(copyOptions<object>('parameters', parameters))) {
    if (typeof value !== 'string') throw new TypeError(`parameters.${name}: must be a string`)
  }
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
  // In memory only presentable tokens are found, so a hit skips this check, a twelfth of its cost.
  const lookFirst = cache !== undefined && !cache.isShared
  if (token.length > steps.token.maxBytes) throw tooLong(token, steps.token.maxBytes)
  const refused = lookFirst ? undefined : unpresentable(token, steps)
  if (refused !== undefined) return refused
  options.signal?.throwIfAborted()
  const key = steps.token.fingerprint(token, options)
  if (trace !== undefined) trace.key = key
  if (cache === undefined) return ask(token, options, key, undefined, steps, trace, liveness)
  const { answers } = cache
  // With a store in memory and Node's digest, this creates no promise and no closure.
  const remembered = isPromise(key)
    ? key.then((known) => answers.recall(known, options, liveness))
    : answers.recall(key, options, liveness)
  if (remembered !== undefined && !isPromise(remembered)) {
    if (trace !== undefined) trace.source = 'cache'
    steps.revocations?.followOnHit?.()
    return remembered
  }
  return (
    (lookFirst ? unpresentable(token, steps) : undefined) ??
    ask(token, options, key, remembered, steps, trace, liveness)
  )
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
  { tokenTypeHint, parameters, maxAgeSeconds, notOlderThan, cache }: IntrospectOptions,
  key: string,
  { expiresAtMs: waitsUntilMs }: Deadline,
  steps: Steps,
  trace: Trace | undefined,
): Flight<FoundAnswer> {
  if (trace !== undefined) trace.source = 'joined'
  const askedAtMs = steps.nowMs()
  // A request that began before the call may have been read before the revocation.
  const maxAgeMs = notOlderThan !== undefined ? 0 : maxAgeSeconds === undefined ? undefined : maxAgeSeconds * 1000
  return steps.flights.board(
    key,
    { maxAgeMs, nowMs: askedAtMs, waitsUntilMs, isAlone: cache === false },
    () => steps.transport.sharedDeadlines.start(),
    async (flightDeadline, isCurrent) => {
      // A new flight starts at once; another call's flight has started already.
      if (trace !== undefined) trace.source = 'endpoint'
      const hint = tokenTypeHint ?? steps.token.tokenTypeHint
      const fingerprint = tokenPart(key)
      const question = { token, fingerprint, tokenTypeHint: hint, parameters: parameters && { ...parameters } }
      for (let attempt = 1; ; attempt += 1) {
        const read = steps.revocations && new ReadAnswer(steps.revocations.feed, notOlderThan)
        const { response, isLocal } =
          steps.jwt === undefined
            ? asked(await askEndpoint(question, read, flightDeadline, steps))
            : await findAnswer(question, steps.jwt, read, flightDeadline, steps, trace)
        if (response.active && response.unreadableMembers !== undefined) {
          steps.response.onUnreadable(response.unreadableMembers)
        }
        steps.cache?.strings?.share(response)
        const judged = steps.judge(response, steps.now())
        const result = isPromise(judged) ? await flightDeadline.race(judged) : judged
        // A revocation of the token arrived while the answer was on its way. If one arrives again, the answer is for the
        // calls that wait, and is not kept. After this check nothing waits any more.
        if (attempt === 1 && response.active && read?.isVoid() === true) continue
        // Of a JWT the client knows for sure that it was revoked, so it is never accepted.
        if (response.active && read?.isRefused() === true) continue
        steps.transport.known.note(fingerprint, result.active)
        // Only an answer that has passed every check, that is not older than another one, and whose token was not
        // forgotten since.
        if (isCurrent()) {
          steps.cache?.answers.keep(key, response, read?.askedAt.wallMs ?? askedAtMs, read, isLocal)
        }
        return { result, askedAtMs, read, isLocal, maxAgeSeconds: steps.cache?.answers.limitOf(response) }
      }
    },
  )
}

function noteFound(
  liveness: LivenessRecord,
  { read, askedAtMs, isLocal }: FoundAnswer,
  origin: LivenessSource,
  steps: Steps,
): void {
  const source = isLocal && origin === 'endpoint' ? 'local' : origin
  if (read === undefined || steps.revocations === undefined) {
    const ageMs = Math.max(0, steps.nowMs() - askedAtMs)
    if (isLocal) liveness.noteLocal(source, ageMs)
    else liveness.note(source, ageMs)
    return
  }
  const { feed } = steps.revocations
  liveness.noteSlots(() => read.slots)
  noteLiveness(liveness, source, msSince(read.askedAt, momentOf(feed.clock)), read.holds(), feed, isLocal)
}

/** An answer before it is judged. */
interface RawAnswer {
  readonly response: IntrospectionResponse
  /** Whether it was made from a JWT, without a request. */
  readonly isLocal: boolean
}

function asked(response: IntrospectionResponse): RawAnswer {
  return { response, isLocal: false }
}

/** Stands for a JWT with every signature: of an ECDSA signature, everybody can make a second one. */
function signedPart(token: string, { token: { fingerprint } }: Steps): MaybePromise<string> {
  return fingerprint(signedContent(token), {})
}

/** A JWT may be enough by itself. When the authorization server is asked as well, as about a sample, both have to agree. */
async function findAnswer(
  question: IntrospectionQuestion,
  jwt: JwtStep,
  read: ReadAnswer | undefined,
  deadline: Deadline,
  steps: Steps,
  trace: Trace | undefined,
): Promise<RawAnswer> {
  if (trace !== undefined) trace.source = 'local'
  const local = await answerLocally(question.token, jwt, deadline, steps.now())
  if (local?.active === false) return { response: local, isLocal: true }
  const doubted = local === undefined || jwt.sample === undefined ? '' : await signedPart(question.token, steps)
  const sample = local !== undefined && jwt.sample?.asks(doubted) === true ? jwt.sample : undefined
  if (local !== undefined && !jwt.asksAboutGood && sample === undefined) {
    const response = await checkRevocations(question.token, local, jwt, read, deadline, steps.revocations)
    if (response !== undefined) return { response, isLocal: true }
  }
  if (trace !== undefined) trace.source = 'endpoint'
  // It stays in doubt if the server calls it inactive, and if the question fails in any way.
  if (local !== undefined)
    sample?.doubt(doubted, (local.exp ?? Number.POSITIVE_INFINITY) + steps.response.leewaySeconds)
  const response = await askEndpoint(question, read, deadline, steps)
  const agreed = local === undefined ? response : agree(local, response)
  sample?.settle(doubted, agreed.active, question.fingerprint)
  return asked(agreed)
}
