/** Step `transport`: every request waits its turn, and none is sent to an endpoint that is down. */
import { isPromise } from '@token-introspection/core/maybe-promise'
import {
  IntrospectionError,
  TransportCircuitOpenError,
  TransportTimeoutError,
  TransportUnreachableError,
} from '../../errors.ts'
import { parseRetryAfter } from '../read-reply.ts'
import type { Send, TransportReply, TransportRequest } from '../transport.ts'
import type { Admission } from './admission.ts'
import type { CircuitBreaker, CircuitState } from './circuit-breaker.ts'
import { type CircuitTokens, EndpointCircuit, type EndpointCircuitSettings } from './endpoint-circuit.ts'
import type { KnownTokens } from './known-tokens.ts'
import { isLostConnection } from './retry.ts'

/** The settings of the step. */
export interface ProtectionSettings {
  readonly admission: Admission
  /** The circuits, by URL. */
  readonly circuits: Map<string, EndpointCircuit>
  /** Without them, no circuit ever opens. */
  readonly circuitBreaker: Omit<EndpointCircuitSettings, 'onChange' | 'probe'> | undefined
  /** Tokens that go first. */
  readonly known: Pick<KnownTokens, 'has'>
  /** Whether a request is retried over a fresh connection when its connection was lost. */
  readonly retries: boolean
  /** Told when the circuit of an endpoint changes. */
  readonly onCircuitChange: OnCircuitChange
  /** Whether an endpoint answers about a token that nobody has presented. */
  readonly probe?: ((url: string) => Promise<boolean>) | undefined
}

/** Told when the circuit of an endpoint changes. */
export type OnCircuitChange = (url: string, tokens: CircuitTokens, state: CircuitState, openMs: number) => void

/** URLs come from the options and the metadata. If there are ever more than this, all circuits start again. */
const MAX_CIRCUITS = 64

/** Sends like `send`, within the limits. */
export function protectSend(
  send: Send,
  { admission, circuits, circuitBreaker, known, retries, onCircuitChange, probe }: ProtectionSettings,
): Send {
  function circuitOf(url: string): EndpointCircuit | undefined {
    const circuit = circuits.get(url)
    if (circuit !== undefined || circuitBreaker === undefined) return circuit
    if (circuits.size >= MAX_CIRCUITS) circuits.clear()
    const created = new EndpointCircuit({
      ...circuitBreaker,
      onChange: (tokens, state, openMs) => onCircuitChange(url, tokens, state, openMs),
      probe: probe && (() => probe(url)),
    })
    circuits.set(url, created)
    return created
  }

  return async (request) => {
    const { fingerprint } = request
    const isKnown = fingerprint === undefined || known.has(fingerprint)
    const endpoint = circuitOf(request.url)
    const circuit = isKnown ? endpoint?.known : endpoint?.unknown
    // A request that the circuit stops must not wait in the queue.
    circuit?.check(fingerprint)
    const entering = admission.enter(request.cancellation, fingerprint, isKnown)
    const place = isPromise(entering) ? await entering : entering
    let attempt = 0
    try {
      if (circuit !== undefined) attempt = circuit.admit(fingerprint)
      const reply = await send(request)
      if (endpoint !== undefined && circuit !== undefined) settle(endpoint, circuit, attempt, request, reply)
      return reply
    } catch (error) {
      if (error instanceof TransportCircuitOpenError) throw error
      const again = retries && request.freshConnection !== true && isLostConnection(error)
      // A connection that was idle for too long says nothing about the endpoint. The next request has a fresh one.
      if (again || !(error instanceof IntrospectionError)) circuit?.settle(attempt, 'abandoned')
      else if (isOutage(error)) circuit?.settle(attempt, 'failed', fingerprint)
      // An answer that was too long, or malformed HTTP, is still an answer.
      else endpoint?.answered()
      throw error
    } finally {
      admission.leave(place)
    }
  }
}

function settle(
  endpoint: EndpointCircuit,
  circuit: CircuitBreaker,
  attempt: number,
  { fingerprint }: TransportRequest,
  reply: TransportReply,
): void {
  const { status } = reply
  if (isOutageStatus(status)) circuit.settle(attempt, 'failed', fingerprint, retryAfter(reply))
  // A rate limit is for one sender: the endpoint works, and may answer others.
  else if (status === 429) circuit.settle(attempt, 'abandoned')
  else endpoint.answered()
}

/** 500 is not in the list, because a server that answers 500 is not down. */
export function isOutageStatus(status: number): boolean {
  return status === 502 || status === 503 || status === 504
}

function isOutage(error: IntrospectionError): boolean {
  return error instanceof TransportUnreachableError || error instanceof TransportTimeoutError
}

function retryAfter(reply: TransportReply): number | undefined {
  return parseRetryAfter(reply.header('retry-after'), Date.now())
}
