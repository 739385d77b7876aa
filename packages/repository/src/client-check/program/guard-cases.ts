/** Cases about the decisions of a guard. */
import type { GuardOptions } from '@token-introspection/client'
import { createDpopProver } from './dpop-prover.ts'
import { issueToken } from './server-requests.ts'
import { type Changes, withClient } from './smoke-client.ts'
import type { SmokeCase, SmokeInput } from './smoke-input.ts'

export const GUARD_CASES: Readonly<Record<string, SmokeCase>> = {
  'the guard lets a good token pass': guarded((token) => `Bearer ${token}`),
  'the guard answers a request without a token': guarded(() => undefined),
  'the guard answers a request with an unknown token': guarded(() => 'Bearer unknown'),
  'the guard answers a request with too little scope': guarded((token) => `Bearer ${token}`, {
    guard: { scope: 'orders:write' },
  }),
  'the guard wants a nonce, takes a proof once, and no bound token as a bearer token': takesProofs,

  async 'the guard answers while the server is down'(input) {
    const changes = { endpoint: `${input.closed}/introspect` }
    return guarded((token) => `Bearer ${token}`, { changes })(input)
  },
}

/** The decision of a guard about a request with this field. */
function guarded(
  authorization: (token: string) => string | undefined,
  { record = {}, guard = {}, changes = {} }: { record?: object; guard?: GuardOptions; changes?: Changes } = {},
): SmokeCase {
  return async (input) => {
    const field = authorization(await issueToken(input, { scope: 'orders:read', ...record }))
    const request = new Request('https://api.example.com/orders', {
      headers: field === undefined ? {} : { authorization: field },
    })
    return withClient(input, changes, async (client) => {
      const decision = await client.guard({ audience: 'urn:orders', scope: 'orders:read', ...guard })(request)
      if (decision.allowed) return { allowed: decision.token.sub }
      const response = decision.toResponse()
      const challenge = response.headers.get('www-authenticate')
      return { status: response.status, challenge, body: await response.text() }
    })
  }
}

/** The outcomes for a proof without a nonce, with a nonce, the same proof again, and the token alone. */
async function takesProofs(input: SmokeInput): Promise<unknown> {
  const prover = await createDpopProver()
  const token = await issueToken(input, { cnf: { jkt: prover.jkt } })
  const nonce = { secret: 'only the processes of this API know it' }
  const origin = 'https://api.example.com'
  return withClient(input, { policy: { dpop: { origin, nonce } } }, async (client) => {
    const guard = client.guard({ audience: 'urn:orders' })
    const url = `${origin}/orders`
    const present = (headers: Record<string, string>) => guard(new Request(url, { headers }))
    const authorization = `DPoP ${token}`
    const first = await present({ authorization, dpop: await prover.prove(url, token, undefined) })
    const dpop = await prover.prove(url, token, first.headers['dpop-nonce'])
    const second = await present({ authorization, dpop })
    const third = await present({ authorization, dpop })
    const fourth = await present({ authorization: `Bearer ${token}` })
    return [first, second, third, fourth].map((decision) => (decision.allowed ? 'allowed' : decision.reason))
  })
}
