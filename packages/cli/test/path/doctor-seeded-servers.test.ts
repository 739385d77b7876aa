/**
 * The command `doctor` names faults that are seeded before real authorization servers: oidc-provider, better-auth and our own. The answers
 * are those of the real server, except for the fault.
 */
import { setImmediate } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startBetterAuth } from '../../../client/test/interop/better-auth-server.ts'
import { AUDIENCE, authority, ORDERS, SCOPE, startProvider } from '../../../client/test/interop/oidc-provider-server.ts'
import { run } from '../../src/run.ts'
import { doctor } from '../doctor/run-command.ts'
import { unsignedJwt } from '../doctor/unsigned-jwt.ts'
import { memorySurroundings } from '../memory-surroundings.ts'
import type { CameRequest } from '../servers/canned-server.ts'
import { type FrontBehaviour, type RealServer, startFrontServer } from '../servers/front-server.ts'
import { isCaller, isCallerByPost, json } from '../servers/model-server.ts'

interface Started extends RealServer, AsyncDisposable {
  readonly issueToken: () => Promise<string>
}

async function oidcProvider(): Promise<Started> {
  const provider = await startProvider()
  const form = { grant_type: 'client_credentials', scope: SCOPE, resource: AUDIENCE }
  return {
    issuer: provider.issuer,
    caller: ORDERS,
    ca: authority,
    issueToken: async () => (await provider.post('/token', form)).access_token,
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  }
}

async function betterAuth(): Promise<Started> {
  const server = await startBetterAuth({ jwt: false })
  const form = { grant_type: 'client_credentials', scope: SCOPE, resource: AUDIENCE }
  return {
    issuer: server.issuer,
    caller: server.orders,
    issueToken: async () => (await server.post('/oauth2/token', form)).access_token,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function ours(): Promise<Started> {
  const caller = { id: 'orders-api', secret: 'orders-s3cr3t' }
  const config = JSON.stringify({
    protectedResources: [{ ...caller, audiences: [AUDIENCE] }],
    clients: [{ id: 'web', secret: 'web-s3cr3t', scope: SCOPE, audiences: [AUDIENCE] }],
  })
  const serving = memorySurroundings({ now: Date.now, files: { 'as.json': config } })
  const ended = run(['serve', '--port', '0', '--config', 'as.json', '--json'], serving)
  while (!serving.out().endsWith('}\n')) await setImmediate()
  const { issuer } = JSON.parse(serving.out()) as { issuer: string }
  return {
    issuer,
    caller,
    async issueToken() {
      const issuing = memorySurroundings({ now: Date.now, files: Object.fromEntries(serving.kept) })
      await run(['issue', '--port', new URL(issuer).port, '--scope', SCOPE], issuing)
      return issuing.out().trim()
    },
    async [Symbol.asyncDispose]() {
      serving.interrupt()
      await ended
    },
  }
}

/** A fault, and what the doctor must call it. */
interface Seed {
  readonly name: string
  readonly behaviour?: FrontBehaviour
  /** Default the issuer. */
  readonly where?: (issuer: string) => readonly string[]
  /** More options. */
  readonly args?: readonly string[]
  /** Default: a good token of the real server. */
  readonly token?: false | ((issuer: string) => string)
  readonly now?: () => number
}

const form = ({ body }: CameRequest) => new URLSearchParams(body)
const isActive = (members: Record<string, unknown>) => members['active'] === true
const changing = (members: object): FrontBehaviour => ({
  change: (document) => (isActive(document) ? { ...document, ...members } : document),
})
const atEndpoint = (answer: object): FrontBehaviour => ({
  instead: ({ method }) => (method === 'POST' ? answer : undefined),
})
const inMetadata = (members: object): FrontBehaviour => ({
  change: (document, { method }) => (method === 'GET' ? { ...document, ...members } : document),
})

/** Tells the same token active and not, in turns. */
function lagging(): FrontBehaviour {
  let count = 0
  return {
    change: (document) => (isActive(document) && (count += 1) % 2 === 0 ? { active: false } : document),
  }
}

const SEEDS: Readonly<Record<string, () => Seed>> = {
  'Basic without form-decoding': () => ({
    name: 'basic_encoding',
    behaviour: { accepts: (request) => isCaller(request, '', 'raw') },
  }),
  'another method': () => ({ name: 'wrong_method', behaviour: { accepts: isCallerByPost } }),
  'a wrong secret': () => ({ name: 'credentials_refused', behaviour: { accepts: () => false } }),
  'two names of one server': () => ({
    name: 'issuer_split',
    where: (issuer) => ['--issuer', issuer.replace('127.0.0.1', 'localhost')],
  }),
  'a slash at the end of the issuer': () => ({ name: 'trailing_slash', where: (issuer) => ['--issuer', `${issuer}/`] }),
  'metadata of another issuer': () => ({
    name: 'metadata_of_another_issuer',
    behaviour: inMetadata({ issuer: 'https://as.example.com/another/tenant' }),
  }),
  'no introspection': () => ({
    name: 'no_introspection',
    behaviour: inMetadata({ introspection_endpoint: undefined }),
  }),
  'no metadata': () => ({
    name: 'no_metadata',
    behaviour: { instead: ({ method }) => (method === 'GET' ? json({ error: 'not_found' }, 404) : undefined) },
  }),
  'a page at the endpoint': () => ({
    name: 'html_at_endpoint',
    behaviour: atEndpoint({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><h1>Sign in</h1>' }),
  }),
  'a redirect': () => ({
    name: 'redirect',
    behaviour: atEndpoint({ status: 302, headers: { location: 'https://login.example.com/in' } }),
  }),
  'a firewall for browsers': () => ({
    name: 'firewall_wants_user_agent',
    behaviour: {
      instead: ({ method, headers }) =>
        method === 'POST' && headers['user-agent']?.startsWith('Mozilla/') !== true ? { status: 403 } : undefined,
    },
  }),
  'http to another machine': () => ({
    name: 'plain_http',
    where: () => ['--issuer', 'http://as.example.com'],
  }),
  'a clock that is off': () => ({ name: 'clock_off', now: () => Date.now() + 600_000 }),
  'a signed answer downgraded': () => ({
    name: 'signed_answer_downgraded',
    args: ['--signed-answers'],
    behaviour: atEndpoint(json({ active: false })),
  }),
  'scope as an array': () => ({ name: 'scope_array', behaviour: changing({ scope: [SCOPE] }) }),
  'no audience': () => ({ name: 'missing_audience_mapper', behaviour: changing({ aud: undefined }) }),
  'another audience': () => ({
    name: 'token_for_another_audience',
    behaviour: changing({ aud: 'https://billing.example.com' }),
  }),
  'an expired token': () => ({ name: 'expired_token', behaviour: changing({ exp: 1_764_000_000 }) }),
  'a refresh token': () => ({ name: 'refresh_token_given', behaviour: changing({ token_use: 'refresh_token' }) }),
  'a token of another realm': () => ({
    name: 'wrong_realm',
    token: (issuer) => unsignedJwt({ iss: `${new URL(issuer).origin}/realms/other`, exp: 4_000_000_000 }),
    // What a server says about a JWT that it does not know.
    behaviour: {
      instead: (request) => (form(request).get('token')?.includes('.') === true ? json({ active: false }) : undefined),
    },
  }),
  'a caller that is not in the audience': () => ({
    name: 'caller_not_in_aud',
    token: (issuer) => unsignedJwt({ iss: issuer, aud: 'https://billing.example.com', exp: 4_000_000_000 }),
    behaviour: {
      instead: (request) =>
        form(request).get('token')?.includes('.') === true && isCaller(request) ? json({ active: false }) : undefined,
    },
  }),
  'a hint that hides the token': () => ({
    name: 'hint_hides_token',
    args: ['--hint', 'refresh_token'],
    behaviour: {
      instead: (request) =>
        form(request).has('token_type_hint') && isCaller(request) ? json({ active: false }) : undefined,
    },
  }),
  'replicas that lag': () => ({ name: 'replica_lag', behaviour: lagging() }),
  'a server out of order': () => ({ name: 'server_error', behaviour: atEndpoint({ status: 503 }) }),
  'a rate limit': () => ({ name: 'rate_limited', behaviour: atEndpoint({ status: 429 }) }),
}

describe.each([
  ['oidc-provider', oidcProvider],
  ['better-auth', betterAuth],
  ['our own server', ours],
])('%s', (_, start) => {
  let server: Started
  let front: Awaited<ReturnType<typeof startFrontServer>> | undefined
  beforeAll(async () => {
    server = await start()
  })
  afterEach(() => front?.close())
  afterAll(() => server[Symbol.asyncDispose]())

  async function examine({ behaviour, where, args = [], token, now }: Omit<Seed, 'name'>) {
    front = await startFrontServer(server, behaviour)
    const { issuer } = front
    const file = typeof token === 'function' ? token(issuer) : await server.issueToken()
    const common = ['--token-file', 'token', '--audience', AUDIENCE, ...args]
    const given = { files: { token: file }, ...(now !== undefined && { now }) }
    return await doctor([...(where?.(issuer) ?? ['--issuer', issuer]), ...common], given)
  }

  test('is healthy behind the front', async () => {
    expect((await examine({})).printed.fault).toBeUndefined()
  })

  test.each(Object.keys(SEEDS))('%s', async (seed) => {
    const { name, ...rest } = SEEDS[seed]?.() ?? { name: '' }
    const { code, printed } = await examine(rest)
    expect(printed.fault?.name).toBe(name)
    expect(code).toBe(1)
    expect(front?.requests.length).toBeLessThanOrEqual(20)
  })
})
