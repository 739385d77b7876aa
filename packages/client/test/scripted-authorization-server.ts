/** An authorization server of MSW handlers. It gives the answers that the test has scripted, in their order. */
import { createNetwork } from '@token-introspection/testing/msw'
import { http } from 'msw'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

/** A request, as it arrived. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
  /** The body as a form. */
  readonly form: URLSearchParams
}

/** The result of {@link useAuthorizationServer}. */
export interface ScriptedAuthorizationServer {
  /** The requests of this test. */
  readonly requests: readonly RecordedRequest[]
  /** Answers the next request with JSON; several answers are given in turn. */
  answer(body: unknown, init?: ResponseInit): void
  /** Answers the next request with this response. */
  respond(response: Response): void
}

/**
 * Catches every request of the test file. A request without a scripted answer fails its test, and so does an answer
 * without a request.
 */
export function useAuthorizationServer(): ScriptedAuthorizationServer {
  const requests: RecordedRequest[] = []
  const answers: Response[] = []
  const unexpected: string[] = []
  const network = createNetwork(
    http.all('*', async ({ request }) => {
      const { method, url, headers } = request
      const body = await request.text()
      requests.push({ method, url, headers, body, form: new URLSearchParams(body) })
      const answer = answers.shift()
      if (answer !== undefined) return answer
      unexpected.push(`${method} ${url}`)
      return Response.error()
    }),
  )
  beforeAll(() => network.enable())
  afterEach(() => {
    const unasked = answers.splice(0).length
    const unscripted = unexpected.splice(0)
    requests.length = 0
    expect(unscripted, 'requests that were not scripted').toEqual([])
    expect(unasked, 'answers without a request').toBe(0)
  })
  afterAll(() => network.disable())
  return {
    requests,
    answer(body, init) {
      answers.push(Response.json(body, init))
    },
    respond(response) {
      answers.push(response)
    },
  }
}
