/** Cases about answers: signed ones, ones that the client refuses, and servers that give none. */
import { countedPath, countRequests, issueToken } from './server-requests.ts'
import { type Changes, rejectionOf, withClient } from './smoke-client.ts'
import type { SmokeCase } from './smoke-input.ts'

export const ANSWER_CASES: Readonly<Record<string, SmokeCase>> = {
  async 'a signed answer is verified'(input) {
    const token = await issueToken(input)
    return withClient(input, { response: { jwt: { algorithms: ['ES256'] } } }, async (client) => {
      const { active, sub } = (await client.introspect(token)) as Record<string, unknown>
      return { active, sub }
    })
  },

  'an answer that somebody else signed is refused': askedAt('/forging', { response: { jwt: {} } }),
  'an answer that is not signed is refused': askedAt('/unsigned', { response: { jwt: {} } }),

  async 'a redirect is not followed'(input) {
    const token = await issueToken(input)
    const path = countedPath('/redirect')
    return withClient(input, { endpoint: input.server + path }, async (client) => {
      const code = await rejectionOf(client.introspect(token))
      const followed = await countRequests(input, path.replace('/redirect', '/introspect'))
      return { code, requests: await countRequests(input, path), followed }
    })
  },

  'an answer over the cap is refused': askedAt('/large'),
  'an answer that never ends is refused': askedAt('/endless'),
  'a server that says nothing': timedOutAt('/hanging'),
  'a server that stops in the middle': timedOutAt('/stalling'),
  'a server that hangs up': askedAt('/dropping'),
  'a server that fails': askedAt('/failing'),
  'a server that is not there': (input) =>
    withClient(input, { endpoint: `${input.closed}/introspect` }, (client) => rejectionOf(client.introspect('any'))),
}

/** The outcome for an active token at another route of the server. */
function askedAt(path: string, changes: Changes = {}): SmokeCase {
  return async (input) => {
    const token = await issueToken(input)
    const endpoint = input.server + path
    return withClient(input, { endpoint, ...changes }, (client) => rejectionOf(client.introspect(token)))
  }
}

/** The error for a server that never ends its answer. Only the deadline can end this call. */
function timedOutAt(path: string): SmokeCase {
  return askedAt(path, { transport: { deadlineMs: 400 } })
}
