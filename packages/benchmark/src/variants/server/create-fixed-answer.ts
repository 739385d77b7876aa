/** A fetch handler that reads the credentials and the body, and returns fixed JSON: a second yardstick for the fetch form. */
import { answerJson, AUTHORIZATION } from '../../fixture.ts'
import { ANSWER_HEADERS } from './answer-headers.ts'

/** A handler with web `Request` and `Response`. */
export type FetchHandler = (request: Request) => Promise<Response>

/** Creates the handler. Every endpoint has to read the field `Authorization` and the form, and to make a response. */
export function createFixedAnswer(): FetchHandler {
  const json = answerJson()
  return async (request) => {
    if (request.headers.get('authorization') !== AUTHORIZATION) return new Response(null, { status: 401 })
    const form = await request.text()
    return new Response(json, { status: form === '' ? 400 : 200, headers: ANSWER_HEADERS })
  }
}
