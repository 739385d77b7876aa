/** The steps of a client for one explanation: the same code, which notes what it sees and leaves no trace. */
import type { CacheStep } from '../cache/cache-options.ts'
import { SingleFlight } from '../cache/single-flight.ts'
import type { Steps } from '../introspect.ts'
import type { JwtStep } from '../jwt/answer-locally.ts'
import type { ConfirmationStep, DpopVerifier } from '../policy/confirmation/confirmation.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { RevocationsStep } from '../revocations/revocations-step.ts'
import type { Send } from '../transport/transport.ts'
import type { TransportStep } from '../transport/transport-step.ts'
import type { Notes } from './notes.ts'

/**
 * The steps of a client, for one call. They keep no answer, share no request, report nothing, count in no circuit and do not
 * change which tokens go first. Metadata, keys and the access tokens of the client itself are fetched and kept as usual.
 */
export function observeSteps(steps: Steps, notes: Notes): Steps {
  const { cache, jwt, response, revocations } = steps
  return {
    ...steps,
    cache: cache && observeCache(cache, notes),
    flights: new SingleFlight(),
    revocations: revocations && observeRevocations(revocations),
    judge: (answer, now) => {
      notes.enter('response')
      notes.response = answer
      return steps.judge(answer, now)
    },
    token: { ...steps.token, onScheme: undefined },
    jwt: jwt && { ...jwt, onFault: ignore, sample: observeSample(jwt) },
    transport: observeTransport(steps.transport, notes),
    serverClock: undefined,
    response: { ...response, onUnreadable: ignore, onUnusable: ignore },
  }
}

function ignore(): void {
  // Nobody is told.
}

/** Asks about a JWT only if every guard would. */
function observeSample({ sample }: JwtStep): JwtStep['sample'] {
  if (sample === undefined) return undefined
  const isInDoubt = (fingerprint: string): boolean => sample.isInDoubt(fingerprint)
  return { asks: isInDoubt, isInDoubt, doubt: ignore, settle: ignore }
}

/** The cache was looked at before, so its answer is at hand. */
function observeCache(cache: CacheStep<IntrospectionResult>, notes: Notes): CacheStep<IntrospectionResult> {
  const { answers } = cache
  return {
    ...cache,
    strings: undefined,
    answers: {
      hits: answers.hits,
      inactiveHits: answers.inactiveHits,
      misses: answers.misses,
      peek: (key, options) => answers.peek(key, options),
      recall: () => notes.kept?.result,
      keep: ignore,
      limitOf: (response) => answers.limitOf(response),
      idle: () => answers.idle(),
      forget: ignore,
      forgetAll: ignore,
    },
  }
}

/** The feed is asked only about an event that the guard options name. */
function observeRevocations({ feed, jwts, ask }: RevocationsStep): RevocationsStep {
  const quiet = { state: feed.state, clock: feed.clock, bound: feed.bound, confirmations: { note: ignore }, voided: 0 }
  return { feed: quiet, jwts, follow: ignore, followOnHit: undefined, ask }
}

function observeTransport(transport: TransportStep, notes: Notes): TransportStep {
  const { endpoint } = transport
  const send: Send = async (request) => {
    // After a revocation in between, a guard asks again. An explanation stays with its first answer.
    if (notes.reply?.status === 200) return notes.reply
    notes.requests.push(request)
    const reply = await transport.sendUnnoticed(request)
    notes.reply = reply
    if (reply.status === 200) notes.enter('response')
    return reply
  }
  return {
    ...transport,
    send,
    known: { note: ignore },
    endpoint: {
      get known() {
        notes.enter('transport')
        return endpoint.known
      },
      find: (deadline) => endpoint.find(deadline),
    },
  }
}

/** The same verification. No proof is marked as used. */
export function observeConfirmation({ dpop, certificate }: ConfirmationStep): ConfirmationStep {
  return { dpop: dpop && withoutUse(dpop), certificate }
}

function withoutUse(verifier: DpopVerifier): DpopVerifier {
  return {
    algorithms: verifier.algorithms,
    async verify(jkt, presentation) {
      const outcome = await verifier.verify(jkt, presentation)
      return outcome.confirmed ? { confirmed: true, headers: outcome.headers } : outcome
    },
  }
}
