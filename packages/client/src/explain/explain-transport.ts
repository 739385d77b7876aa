/** Explains step `transport`: what was asked, of whom, and what came back. */
import { withoutQuery } from '@token-introspection/core'
import type { ExplainedTransport } from './explanation.ts'
import type { Run } from './run.ts'

/** Explains the step. */
export function explainTransport(run: Run): ExplainedTransport {
  const { steps, notes, failed } = run
  const transport = steps?.transport
  const sent = notes.requests.at(-1)
  const url = sent?.url ?? transport?.endpoint.known
  const { method = 'none', clientId } = transport?.clientAuthentication ?? {}
  const circuit = url === undefined ? undefined : transport?.circuits.get(url)?.state
  const endpoint = url === undefined ? undefined : withoutQuery(url)
  const attempts = notes.requests.length
  const status = notes.reply?.status
  const base = {
    step: 'transport',
    endpoint,
    method: 'POST',
    clientAuthentication: { method, clientId },
    attempts,
    status,
    circuit,
    durationMs: notes.durationOf('transport'),
  } as const
  const who = clientId === undefined ? method : `${method} as ${clientId}`
  const asked = `POST ${endpoint} with ${who}`
  if (failed?.step === 'transport') {
    const { error } = failed
    const detail =
      sent === undefined
        ? `nothing was asked: ${error.message}`
        : `${asked}: ${error.message.replace(`introspection at ${endpoint}: `, '')}`
    return { ...base, outcome: 'failed', detail, remedy: undefined, error }
  }
  if (sent === undefined) {
    return { ...base, outcome: 'skipped', detail: whyUnasked(run), remedy: undefined, error: undefined }
  }
  const again = attempts > 1 ? `, attempt ${attempts}` : ''
  const told = `${asked}: ${status} after ${Math.round(base.durationMs)} ms${again}`
  if (circuit === 'closed' || circuit === undefined) {
    return { ...base, outcome: 'passed', detail: told, remedy: undefined, error: undefined }
  }
  const detail = `${told}; the circuit of this endpoint is ${circuit}, so guards may answer 503 at once`
  const remedy = 'The circuit closes with the next answer. Event circuit_changed says when it opened.'
  return { ...base, outcome: 'passed', detail, remedy, error: undefined }
}

function whyUnasked({ notes, wasAsked }: Run): string {
  if (!wasAsked) return 'nothing was asked'
  switch (notes.trace.source) {
    case 'cache':
      return 'nothing was asked: the cache has answered'
    case 'local':
      return 'nothing was asked: step jwt has decided'
    default:
      return 'nothing was asked'
  }
}
