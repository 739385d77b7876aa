/** An authorization server of MSW handlers: it answers what the test scripted, in that order, and nothing else. */
import { createNetwork } from '@token-introspection/testing/msw'
import { http } from 'msw'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

/** A request as it came. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
  /** The body as a form. */
  readonly form: URLSearchParams
}

/** What {@link useAuthorizationServer} gives. */
export interface ScriptedAuthorizationServer {
  /** The requests of this test. */
  readonly requests: readonly RecordedRequest[]
  /** Answers the next request with JSON; several answers are given in turn. */
  answer(body: unknown, init?: ResponseInit): void
  /** Answers the next request with this. */
  respond(response: Response): void
}

/**
 * Catches every request of the test file. One that was not scripted fails its test, and so does an answer that nobody
 * asked for.
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
    expect(unasked, 'answers that nobody asked for').toBe(0)
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
