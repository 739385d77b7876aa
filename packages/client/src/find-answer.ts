/** SPINE: one request about a token in, its answer out, for every call that waits for it. */
import { type IntrospectionResponse, signedContent, type TokenTypeHint } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { IntrospectOptions } from './call-options.ts'
import type { Trace } from './events/trace.ts'
import type { IntrospectionResult } from './result/introspection-result.ts'
import { type FingerprintToken, tokenPart } from './token/fingerprint-token.ts'
import { ReadAnswer } from './revocations/read-answer.ts'
import type { RevocationsStep } from './revocations/revocations-step.ts'
import { agree } from './jwt/agree.ts'
import { answerLocally, type JwtStep } from './jwt/answer-locally.ts'
import { checkRevocations } from './jwt/check-revocations.ts'
import type { IntrospectionQuestion } from './transport/build-request.ts'
import type { Deadline } from './transport/deadline.ts'
import { askEndpoint, type AskSteps } from './ask-endpoint.ts'
import type { JudgeResponse } from './response/judge-response.ts'
import type { CacheStep } from './cache/cache-options.ts'
import type { FoundAnswer } from './cache/found-answer.ts'

/** What a search for an answer needs, by step. */
export interface FindSteps extends AskSteps {
  readonly token: {
    readonly fingerprint: FingerprintToken
    /** The hint of calls without a hint. */
    readonly tokenTypeHint?: TokenTypeHint | undefined
  }
  /** Without it, no answer is cached. */
  readonly cache: CacheStep<IntrospectionResult> | undefined
  /** The feed of revocations that the client follows. */
  readonly revocations: RevocationsStep | undefined
  /** Judges every answer by the current time, fresh or cached. */
  readonly judge: JudgeResponse
  /** Without it, JWTs are introspected like other tokens. */
  readonly jwt: JwtStep | undefined
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

/**
 * Makes the answer from a JWT or asks for it, judges it, and keeps it for later calls.
 *
 * @param isCurrent - whether the answer is still the newest about its token.
 */
export async function findAnswer(
  token: string,
  { tokenTypeHint, parameters, notOlderThan }: IntrospectOptions,
  key: string,
  askedAtMs: number,
  isCurrent: () => boolean,
  deadline: Deadline,
  steps: FindSteps,
  trace: Trace | undefined,
): Promise<FoundAnswer> {
  const hint = tokenTypeHint ?? steps.token.tokenTypeHint
  const fingerprint = tokenPart(key)
  const question = { token, fingerprint, tokenTypeHint: hint, parameters: parameters && { ...parameters } }
  for (let attempt = 1; ; attempt += 1) {
    const read = steps.revocations && new ReadAnswer(steps.revocations.feed, notOlderThan)
    const { response, isLocal } =
      steps.jwt === undefined
        ? asked(await askEndpoint(question, read, deadline, steps))
        : await verifyOrAsk(question, steps.jwt, read, deadline, steps, trace)
    if (response.active && response.unreadableMembers !== undefined) {
      steps.response.onUnreadable(response.unreadableMembers)
    }
    steps.cache?.strings?.share(response)
    const judged = steps.judge(response, steps.now())
    const result = isPromise(judged) ? await deadline.race(judged) : judged
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
function signedPart(token: string, { token: { fingerprint } }: FindSteps): MaybePromise<string> {
  return fingerprint(signedContent(token), {})
}

/** A JWT may be enough by itself. When the authorization server is asked as well, as about a sample, both have to agree. */
async function verifyOrAsk(
  question: IntrospectionQuestion,
  jwt: JwtStep,
  read: ReadAnswer | undefined,
  deadline: Deadline,
  steps: FindSteps,
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
