/** The steps of the walk: what each tries, and the expected result. */
import type { AuthorizationServer } from './authorization-server.ts'

/** One request to the API and its expected response. */
export interface Step {
  readonly title: string
  readonly method: 'GET' | 'POST'
  /** Prepares the step and returns the token to present, if any. */
  prepare(as: AuthorizationServer): Promise<string | undefined>
  readonly expected: {
    readonly status: number
    /** The expected challenge. Absent when the response must have none. */
    readonly challenge?: string
    /** Text that the body must contain. */
    readonly body?: string
  }
}

const INVALID_TOKEN = 'Bearer realm="orders", error="invalid_token"'
const inThePast = () => Math.floor(Date.now() / 1000) - 60

/** Creates the steps. They share the token that is revoked on the way. */
export function createSteps(): readonly Step[] {
  let good = ''
  return [
    {
      title: 'A good token',
      method: 'GET',
      async prepare(as) {
        good = await as.issueToken()
        return good
      },
      expected: { status: 200, body: '"for":"alice"' },
    },
    {
      title: 'No token',
      method: 'GET',
      prepare: async () => undefined,
      expected: { status: 401, challenge: 'Bearer realm="orders"' },
    },
    {
      title: 'A token that was never issued',
      method: 'GET',
      prepare: async () => 'bm9ib2R5IGlzc3VlZCBtZQ',
      expected: { status: 401, challenge: INVALID_TOKEN },
    },
    {
      title: 'The good token, but the route wants the scope orders:write',
      method: 'POST',
      prepare: async () => good,
      expected: { status: 403, challenge: 'Bearer realm="orders", error="insufficient_scope", scope="orders:write"' },
    },
    {
      title: 'A live token for another API',
      method: 'GET',
      prepare: (as) => as.issueToken({ aud: 'https://billing.example.com' }),
      expected: { status: 401, challenge: INVALID_TOKEN },
    },
    {
      title: 'A token that has expired',
      method: 'GET',
      prepare: (as) => as.issueToken({ exp: inThePast() }),
      expected: { status: 401, challenge: INVALID_TOKEN },
    },
    {
      title: 'The good token again, revoked a moment ago',
      method: 'GET',
      async prepare(as) {
        await as.revokeToken(good)
        return good
      },
      expected: { status: 401, challenge: INVALID_TOKEN },
    },
    {
      title: 'A good token while the authorization server is down: not a bad token',
      method: 'GET',
      async prepare(as) {
        const token = await as.issueToken()
        good = token
        await as.stop()
        return token
      },
      expected: { status: 503, body: 'temporarily_unavailable' },
    },
    {
      title: 'The same token once the authorization server is back',
      method: 'GET',
      async prepare(as) {
        await as.start()
        return good
      },
      expected: { status: 200, body: '"for":"alice"' },
    },
  ]
}
