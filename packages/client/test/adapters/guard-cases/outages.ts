/** Failures that are not the fault of the token. No response may call the token invalid. */
import { serverError, unavailable } from './expected-refusal.ts'
import type { RefusedCase, Situation } from './guard-case.ts'
import { bearer } from './sent-request.ts'

const json = (status: number, headers: Record<string, string> = {}): Situation => ({
  reply: () =>
    Promise.resolve(
      Response.json(
        { active: false, error: 'an error description with internal words of the server' },
        { status, headers },
      ),
    ),
})

export const outages: readonly RefusedCase[] = [
  ['an authorization server that is down', bearer, unavailable, json(503)],
  [
    'a server that answers 503 with Retry-After',
    bearer,
    { ...unavailable, retryAfter: '17' },
    json(503, { 'retry-after': '17' }),
  ],
  ['a server that limits requests', bearer, { ...unavailable, retryAfter: '5' }, json(429, { 'retry-after': '5' })],
  [
    'a server that cannot be reached',
    bearer,
    unavailable,
    { reply: () => Promise.reject(new TypeError('fetch failed')) },
  ],
  ['a server that never answers', bearer, unavailable, { reply: hanging }],
  [
    'a server that is down, when the token is optional',
    bearer,
    unavailable,
    { ...json(503), guard: { optional: true } },
  ],
  ["a server that refuses the client's credentials", bearer, serverError(500), json(401)],
  [
    'an answer that is not JSON',
    bearer,
    serverError(502),
    { reply: () => Promise.resolve(new Response('<html>', { headers: { 'content-type': 'text/html' } })) },
  ],
  [
    'an answer without active',
    bearer,
    serverError(502),
    { reply: () => Promise.resolve(Response.json({ sub: 'alice' })) },
  ],
]

/** Until the signal aborts. */
function hanging(_: string | URL, init: { readonly signal?: AbortSignal | null | undefined }): Promise<Response> {
  return new Promise((_resolve, reject) => {
    init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
  })
}
