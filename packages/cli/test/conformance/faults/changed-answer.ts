/** Servers that change their answers, and how. */
import type { CannedAnswer } from '../../servers/canned-server.ts'
import type { Fault } from '../honest-server.ts'

/** Members of JSON. */
export type Members = Record<string, unknown>

export const INACTIVE: CannedAnswer = { body: '{"active":false}', headers: { 'content-type': 'application/json' } }
export const BAD_REQUEST: CannedAnswer = { status: 400, body: '{"error":"invalid_request"}' }

/** Changes the answers that have a property. */
export function after(
  condition: (answer: CannedAnswer) => boolean,
  change: (answer: CannedAnswer) => CannedAnswer,
): Fault {
  return async (request, honest) => {
    const answer = await honest(request)
    return request.url?.startsWith('/introspect') === true && condition(answer) ? change(answer) : answer
  }
}

export function isInactive({ body }: CannedAnswer): boolean {
  return body === '{"active":false}'
}

export function is401({ status }: CannedAnswer): boolean {
  return status === 401
}

export function withBody(body: string): (answer: CannedAnswer) => CannedAnswer {
  return (answer) => ({ ...answer, body })
}

export function withChallenge(challenge: string | undefined): (answer: CannedAnswer) => CannedAnswer {
  return (answer) => ({
    ...answer,
    headers: {
      ...without(answer.headers, 'www-authenticate'),
      ...(challenge !== undefined && { 'www-authenticate': challenge }),
    },
  })
}

export function without(headers: CannedAnswer['headers'] = {}, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name))
}
