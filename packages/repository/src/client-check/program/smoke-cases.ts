/** Cases for every runtime, by title. They use web interfaces only. */
import {
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  type GuardOptions,
  IntrospectionClient,
  type IntrospectionClientOptions,
  privateKeyJwt,
} from '@token-introspection/client'
import { followFeed } from '@token-introspection/client/revocations'
import { createDpopProver } from './dpop-prover.ts'
import type { SmokeAddresses, SmokeCase, SmokeInput } from './smoke-input.ts'

type Changes = Partial<IntrospectionClientOptions>

/** A client of the server, with the options that the case changes. */
export function createClient(input: SmokeAddresses, changes: Changes = {}): IntrospectionClient {
  return new IntrospectionClient({
    // Warnings would mix with the lines of the outcomes.
    onWarning: false,
    issuer: input.server,
    endpoint: `${input.server}/introspect`,
    clientAuthentication: clientSecretBasic('basic-api', input.clientSecret),
    ...changes,
    transport: { allowHttpOnLoopback: true, ...changes.transport },
  })
}

/** Uses a client, and closes it. */
export async function withClient<Outcome>(
  input: SmokeInput,
  changes: Changes,
  use: (client: IntrospectionClient) => Promise<Outcome>,
): Promise<Outcome> {
  const client = createClient(input, changes)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

/** A new token at the server. */
export async function issueToken({ server }: SmokeInput, record: object = {}): Promise<string> {
  const response = await fetch(`${server}/control/issue`, { method: 'POST', body: JSON.stringify(record) })
  return (await response.json()) as string
}

/** How many requests the server has had for a path and query. */
async function countRequests({ server }: SmokeInput, path: string): Promise<number> {
  const response = await fetch(`${server}/control/count?of=${encodeURIComponent(path)}`)
  return (await response.json()) as number
}

/** A path that no other case uses. */
function countedPath(path = '/introspect'): string {
  return `${path}?case=${crypto.randomUUID()}`
}

/** The code of the error that a promise rejects with, or the error's name, or the value of the promise. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string }
    return code ?? name
  }
}

function authenticatedBy(choose: (input: SmokeInput) => IntrospectionClientOptions['clientAuthentication']): SmokeCase {
  return async (input) => {
    const token = await issueToken(input)
    return withClient(input, { clientAuthentication: choose(input) }, async (client) => {
      const { active } = await client.introspect(token)
      return active
    })
  }
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
const takesProofs: SmokeCase = async (input) => {
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

/**
 * How a client that follows the feed of the metadata answers about a remembered token before and after its revocation.
 *
 * @param leaseSeconds - the client asks the feed three times within it, and otherwise hears of events by its stream alone.
 */
export function beatsCache(leaseSeconds: number): SmokeCase {
  return async (input) => {
    const revocations = followFeed()
    return withClient(input, { revocations, cache: { leaseSeconds, maxAgeSeconds: 600 } }, async (client) => {
      const first = await issueToken(input)
      // The first call begins to follow. What is asked for before that has no keys.
      await client.introspect(first)
      await until(async () => {
        await client.introspect(first)
        return client.statistics().feed?.position !== undefined
      })
      const token = await issueToken(input)
      const before = (await client.introspect(token)).active
      const remembered = (await client.introspect(token)).active
      const revoked = await revoke(input, token)
      await until(async () => !(await client.introspect(token)).active)
      const { events, voided } = client.statistics().feed ?? {}
      return { before, remembered, revoked, events, voided }
    })
  }
}

/** Waits for a condition, and for five seconds at most. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waits = 0; waits < 100; waits += 1) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not happen within 5 s')
}

export const SMOKE_CASES: Readonly<Record<string, SmokeCase>> = {
  async 'an active token'(input) {
    const token = await issueToken(input, { scope: 'orders:read' })
    return withClient(input, {}, async (client) => {
      const { active, sub, scope, iss } = (await client.introspect(token)) as Record<string, unknown>
      return { active, sub, scope, issuedHere: iss === input.server }
    })
  },

  'an unknown token': (input) => withClient(input, {}, (client) => client.introspect('unknown')),

  async 'the endpoint is found through the metadata'(input) {
    const token = await issueToken(input)
    return withClient(input, { endpoint: undefined }, async (client) => (await client.introspect(token)).active)
  },

  'metadata of another issuer is refused': (input) =>
    withClient(input, { endpoint: undefined, issuer: `${input.server}/tenant` }, (client) =>
      rejectionOf(client.introspect('any')),
    ),

  client_secret_basic: authenticatedBy(({ clientSecret }) => clientSecretBasic('basic-api', clientSecret)),
  client_secret_post: authenticatedBy(({ clientSecret }) => clientSecretPost('post-api', clientSecret)),
  client_secret_jwt: authenticatedBy(({ clientSecret }) => clientSecretJwt('hmac-api', clientSecret)),
  private_key_jwt: authenticatedBy(({ privateKey }) => privateKeyJwt('key-api', privateKey, { algorithm: 'ES256' })),
  'wrong credentials': (input) =>
    withClient(input, { clientAuthentication: clientSecretBasic('basic-api', 'wrong') }, (client) =>
      rejectionOf(client.introspect('any')),
    ),

  async 'a second call is answered from the cache'(input) {
    const token = await issueToken(input)
    const path = countedPath()
    return withClient(input, { endpoint: input.server + path, cache: {} }, async (client) => {
      const first = await client.introspect(token)
      const second = await client.introspect(token)
      return { same: first === second, requests: await countRequests(input, path), hits: client.statistics().hits }
    })
  },

  async 'a revoked token passes until it is forgotten'(input) {
    const token = await issueToken(input)
    return withClient(input, { cache: {} }, async (client) => {
      const before = (await client.introspect(token)).active
      const revoked = await revoke(input, token)
      const remembered = (await client.introspect(token)).active
      await client.forget(token)
      const forgotten = (await client.introspect(token)).active
      return { before, revoked, remembered, forgotten }
    })
  },

  'a revocation beats the cache, by a question': beatsCache(3),

  async '50 calls at once make one request'(input) {
    const token = await issueToken(input)
    const path = countedPath('/slow')
    return withClient(input, { endpoint: input.server + path }, async (client) => {
      const results = await Promise.all(Array.from({ length: 50 }, () => client.introspect(token)))
      const active = results.filter((result) => result.active).length
      return { active, requests: await countRequests(input, path), joined: client.statistics().joined }
    })
  },

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

  async 'a call can be aborted'(input) {
    return withClient(input, { endpoint: `${input.server}/hanging` }, async (client) => {
      const controller = new AbortController()
      const reason = new Error('gone')
      const call = client.introspect('any', { signal: controller.signal })
      setTimeout(() => controller.abort(reason), 50)
      return call.then(
        () => 'resolved',
        (error: unknown) => ({ sameReason: error === reason }),
      )
    })
  },

  async 'a result cannot be changed'(input) {
    const token = await issueToken(input, { aud: ['urn:orders', 'urn:more'] })
    return withClient(input, {}, async (client) => {
      const result = (await client.introspect(token)) as { active: boolean; aud: string[] }
      return {
        member: succeeds(() => (result.active = false)),
        nested: succeeds(() => result.aud.push('urn:mine')),
        still: [result.active, result.aud.length],
      }
    })
  },

  async 'a closed client lets calls finish and takes no more'(input) {
    const token = await issueToken(input)
    const client = createClient(input, { endpoint: `${input.server}/slow` })
    const call = client.introspect(token)
    await client[Symbol.asyncDispose]()
    const { active } = await call
    return { active, later: await rejectionOf(client.introspect(token)) }
  },

  async 'a client that is never closed'(input) {
    const token = await issueToken(input)
    return (await createClient(input).introspect(token)).active
  },
}

function succeeds(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

async function revoke({ server, clientSecret }: SmokeInput, token: string): Promise<number> {
  const credentials = btoa(`web:${encodeURIComponent(clientSecret)}`)
  const response = await fetch(`${server}/revoke`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ token }),
  })
  await response.arrayBuffer()
  return response.status
}
