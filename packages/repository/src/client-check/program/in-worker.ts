/** The worker that runs the cases. The body of a request is the input, and its response has the lines. */
import type { IntrospectionClient } from '@token-introspection/client'
import { AWAIT_USING_CASES } from './await-using.ts'
import { FETCH_CASES } from './fetch-cases.ts'
import { answerSmokeCases } from './run-smoke-cases.ts'
import { SMOKE_CASES } from './smoke-cases.ts'
import { createClient, rejectionOf } from './smoke-client.ts'
import type { SmokeAddresses } from './smoke-input.ts'

/** A request to the client that the isolate keeps. */
export interface KeptQuestion {
  readonly input: SmokeAddresses
  /** The path of the endpoint, or of an issuer whose metadata names the endpoint. */
  readonly path: '/moody' | '/slow'
  readonly token: string
  /** Whether the request ends at once, without waiting for its call. */
  readonly abandon?: boolean
}

const cases = { ...SMOKE_CASES, ...FETCH_CASES, ...AWAIT_USING_CASES }
const kept = new Map<string, IntrospectionClient>()

export default {
  async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === '/kept') {
      return Response.json((await askKept((await request.json()) as KeptQuestion)) ?? null)
    }
    return answerSmokeCases(cases, request)
  },
}

/** Requests of one isolate share a client, as the guide says. Work that one request has begun must not block another. */
async function askKept({ input, path, token, abandon }: KeptQuestion): Promise<unknown> {
  const url = input.server + path
  const where = path === '/slow' ? { issuer: url, endpoint: undefined } : { endpoint: url }
  const client = kept.get(path) ?? createClient(input, { ...where, transport: { deadlineMs: 500 } })
  kept.set(path, client)
  const outcome = rejectionOf(client.introspect(token).then(({ active }) => ({ active })))
  return abandon === true ? 'abandoned' : outcome
}
