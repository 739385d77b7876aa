/** Step `transport`: every request, whatever it is for, waits its turn and spares an endpoint that is down. */
import {
  IntrospectionError,
  TransportCircuitOpenError,
  TransportTimeoutError,
  TransportUnreachableError,
} from '../../errors.ts'
import { isPromise } from '../../maybe-promise.ts'
import { parseRetryAfter } from '../read-reply.ts'
import type { Send, TransportReply } from '../transport.ts'
import type { Admission } from './admission.ts'
import {
  type AttemptOutcome,
  CircuitBreaker,
  type CircuitBreakerSettings,
  type CircuitState,
} from './circuit-breaker.ts'

/** What the step needs. */
export interface ProtectionSettings {
  readonly admission: Admission
  /** The circuits there are, by URL. */
  readonly circuits: Map<string, CircuitBreaker>
  /** No circuit is ever opened without them. */
  readonly circuitBreaker: Omit<CircuitBreakerSettings, 'onChange'> | undefined
  /** Told when the circuit of an endpoint changes. */
  readonly onCircuitChange: (url: string, state: CircuitState, openMs: number) => void
}

/** URLs come from the options and the metadata; should there ever be more, they begin anew. */
const MAX_CIRCUITS = 64

/** Sends like `send`, within the limits. */
export function protectSend(
  send: Send,
  { admission, circuits, circuitBreaker, onCircuitChange }: ProtectionSettings,
): Send {
  function circuitOf(url: string): CircuitBreaker | undefined {
    const known = circuits.get(url)
    if (known !== undefined || circuitBreaker === undefined) return known
    if (circuits.size >= MAX_CIRCUITS) circuits.clear()
    const onChange = (state: CircuitState, openMs: number): void => onCircuitChange(url, state, openMs)
    const circuit = new CircuitBreaker({ ...circuitBreaker, onChange })
    circuits.set(url, circuit)
    return circuit
  }

  return async (request) => {
    const circuit = circuitOf(request.url)
    // Nobody is to wait in the queue for that.
    circuit?.check()
    const entering = admission.enter(request.cancellation)
    const place = isPromise(entering) ? await entering : entering
    let attempt = 0
    try {
      if (circuit !== undefined) attempt = circuit.admit()
      const reply = await send(request)
      if (circuit !== undefined) settle(circuit, attempt, reply)
      return reply
    } catch (error) {
      if (!(error instanceof TransportCircuitOpenError)) circuit?.settle(attempt, outcomeOf(error))
      throw error
    } finally {
      admission.leave(place)
    }
  }
}

function settle(circuit: CircuitBreaker, attempt: number, reply: TransportReply): void {
  if (isOutage(reply.status)) circuit.settle(attempt, 'failed', retryAfter(reply))
  else circuit.settle(attempt, 'answered')
}

/** 500 is missing because one odd token may cause it, and whoever has one could stop the others. */
function isOutage(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504
}

function retryAfter(reply: TransportReply): number | undefined {
  return parseRetryAfter(reply.header('retry-after'), Date.now())
}

function outcomeOf(error: unknown): AttemptOutcome {
  if (error instanceof TransportUnreachableError || error instanceof TransportTimeoutError) return 'failed'
  // What was too long, or no HTTP we take, was an answer; a caller who left says nothing about the server.
  return error instanceof IntrospectionError ? 'answered' : 'abandoned'
}
