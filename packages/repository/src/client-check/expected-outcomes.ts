/** The expected outcome of each case, the same on every runtime unless the case names its runtimes. */

/** The runtimes that differ. Node 22 cannot read `await using`. */
export type RuntimeKind = 'node22' | 'node' | 'bun' | 'deno' | 'workerd'

/** A case and its outcome. */
export interface ExpectedOutcome {
  readonly title: string
  /** The runtimes it runs on. */
  readonly on: readonly RuntimeKind[]
  readonly outcome: unknown
}

const WITH_FETCH: readonly RuntimeKind[] = ['bun', 'deno', 'workerd']
const ON_NODE: readonly RuntimeKind[] = ['node22', 'node']
const EVERYWHERE: readonly RuntimeKind[] = [...ON_NODE, ...WITH_FETCH]

const realm = 'Bearer realm="protected resource"'
const unauthorized = (body: string, error = '') => ({ status: 401, challenge: realm + error, body })

/** A remembered token that was revoked. */
const BEATEN = { before: true, remembered: true, revoked: 200, events: 1, voided: 1 }

const ROWS: readonly (readonly [title: string, outcome: unknown, on?: readonly RuntimeKind[]])[] = [
  ['an active token', { active: true, sub: 'alice', scope: 'orders:read', issuedHere: true }],
  ['an unknown token', { active: false }],
  ['the endpoint is found through the metadata', true],
  ['metadata of another issuer is refused', 'ERR_RESPONSE_UNTRUSTED'],
  ['client_secret_basic', true],
  ['client_secret_post', true],
  ['client_secret_jwt', true],
  ['private_key_jwt', true],
  ['wrong credentials', 'ERR_TRANSPORT_UNAUTHORIZED'],
  ['a second call is answered from the cache', { same: true, requests: 1, hits: 1 }],
  ['a revoked token passes until it is forgotten', { before: true, revoked: 200, remembered: true, forgotten: false }],
  ['a revocation beats the cache, by an event stream', BEATEN, [...ON_NODE, 'bun', 'deno']],
  ['a revocation beats the cache, by a question', BEATEN],
  ['50 calls at once make one request', { active: 50, requests: 1, joined: 49 }],
  ['a signed answer is verified', { active: true, sub: 'alice' }],
  ['an answer that somebody else signed is refused', 'ERR_RESPONSE_UNTRUSTED'],
  ['an answer that is not signed is refused', 'ERR_RESPONSE_UNTRUSTED'],
  ['a redirect is not followed', { code: 'ERR_TRANSPORT_STATUS', requests: 1, followed: 0 }],
  ['an answer over the cap is refused', 'ERR_RESPONSE_MALFORMED'],
  ['an answer that never ends is refused', 'ERR_RESPONSE_MALFORMED'],
  ['a server that says nothing', 'ERR_TRANSPORT_TIMEOUT'],
  ['a server that stops in the middle', 'ERR_TRANSPORT_TIMEOUT'],
  ['a server that hangs up', 'ERR_TRANSPORT_UNREACHABLE'],
  ['a server that fails', 'ERR_TRANSPORT_STATUS'],
  ['a server that is not there', 'ERR_TRANSPORT_UNREACHABLE'],
  ['the guard lets a good token pass', { allowed: 'alice' }],
  ['the guard answers a request without a token', unauthorized('')],
  [
    'the guard answers a request with an unknown token',
    unauthorized('{"error":"invalid_token"}', ', error="invalid_token"'),
  ],
  [
    'the guard answers a request with too little scope',
    {
      status: 403,
      challenge: `${realm}, error="insufficient_scope", scope="orders:write"`,
      body: '{"error":"insufficient_scope"}',
    },
  ],
  [
    'the guard wants a nonce, takes a proof once, and no bound token as a bearer token',
    ['nonce', 'allowed', 'proof', 'confirmation'],
  ],
  [
    'the guard answers while the server is down',
    { status: 503, challenge: null, body: '{"error":"temporarily_unavailable"}' },
  ],
  ['a call can be aborted', { sameReason: true }],
  ['a result cannot be changed', { member: false, nested: false, still: [true, 2] }],
  ['a closed client lets calls finish and takes no more', { active: true, later: 'TypeError' }],
  ['a client that is never closed', true],
  ['`await using` closes a client', { active: true, later: 'TypeError' }, ['node', ...WITH_FETCH]],
  ['a private authority is trusted over TLS', true, ON_NODE],
  ['an authority nobody named is not trusted', 'ERR_TRANSPORT_UNREACHABLE', ON_NODE],
  ['nodeGuard answers what may not pass', ['200 orders of alice', '401 {"error":"invalid_token"}'], ON_NODE],
  ['certificates are refused', { typeError: true, option: 'transport.tls' }, WITH_FETCH],
  ['a proxy is refused', { typeError: true, option: 'transport.proxy' }, WITH_FETCH],
]

export const EXPECTED_OUTCOMES: readonly ExpectedOutcome[] = ROWS.map(([title, outcome, on = EVERYWHERE]) => ({
  title,
  outcome,
  on,
}))

/** The expected outcomes on one runtime. */
export function expectedOn(kind: RuntimeKind): readonly ExpectedOutcome[] {
  return EXPECTED_OUTCOMES.filter(({ on }) => on.includes(kind))
}
