import {
  clientCredentials,
  clientSecretBasic,
  combineIssuers,
  type ExplainedStep,
  type Explanation,
  type ExplainOptions,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  type JwtOptions,
} from '@token-introspection/client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createProver, ORIGIN, PATH, TOKEN } from '../dpop-api.ts'
import { audience, clientSecret, good, issuer, now, scope, token } from '../hostile-answers.ts'
import { assemble, createServer, GOOD, issue } from '../jwt-authorization-server.ts'
import { createKey } from '../signing-authorization-server.ts'

const endpoint = 'https://as.example.com/introspect'
const guard = { audience, scope }

/** A client of a server that gives these answers, one after the other, the last one again and again. */
function createClient(
  answers: readonly (() => Response | Promise<Response>)[],
  options: Partial<IntrospectionClientOptions> = {},
) {
  const asked: URLSearchParams[] = []
  const events: IntrospectionClientEvent[] = []
  const clock = { ms: now * 1000 }
  const client = new IntrospectionClient({
    endpoint,
    clientAuthentication: clientSecretBasic('api', clientSecret),
    response: { acceptedIssuers: [issuer] },
    now: () => clock.ms,
    onEvent: (event) => void events.push(event),
    ...options,
    transport: {
      ...options.transport,
      fetch: async (_url, init) => {
        asked.push(new URLSearchParams(init.body as string))
        const answer = answers[Math.min(asked.length, answers.length) - 1]
        if (answer === undefined) throw new Error('no answer is left')
        return answer()
      },
    },
  })
  onTestFinished(() => client.close())
  return { client, asked, events, clock }
}

const saying =
  (answer: object, status = 200) =>
  () =>
    Response.json(answer, { status })

function stepOf<Name extends ExplainedStep['step']>(explanation: Explanation, name: Name) {
  const step = explanation.steps.find(({ step: its }) => its === name)
  return step as Extract<ExplainedStep, { step: Name }>
}

function outcomes(explanation: Explanation): string {
  return explanation.steps.map(({ step, outcome }) => `${step} ${outcome}`).join(', ')
}

function bearing(fields: Record<string, string> = { authorization: `Bearer ${token}` }): Request {
  return new Request('https://api.example.com/orders', { headers: fields })
}

function throwing(): never {
  throw new RangeError(`no row for ${token}`)
}

describe('explain of a client', () => {
  test('says of a good token what every step saw', async () => {
    const { client, asked } = createClient([saying(good)])
    const explanation = await client.explain(bearing(), guard)
    expect(explanation).toMatchObject({ allowed: true, reason: undefined, status: undefined, issuer: undefined })
    expect(outcomes(explanation)).toBe(
      'token passed, cache skipped, jwt skipped, transport passed, response passed, policy passed, result passed',
    )
    expect(stepOf(explanation, 'token')).toMatchObject({
      source: 'header',
      scheme: 'Bearer',
      length: token.length,
      form: 'opaque',
    })
    expect(stepOf(explanation, 'transport')).toMatchObject({
      endpoint,
      attempts: 1,
      status: 200,
      clientAuthentication: { method: 'client_secret_basic', clientId: 'api' },
    })
    expect(stepOf(explanation, 'response')).toMatchObject({
      active: true,
      values: { iss: issuer, aud: audience, scope, sub: 'alice', client_id: 'web' },
      times: [
        { member: 'iat', at: now - 60, inSeconds: -60 },
        { member: 'exp', at: now + 3600, inSeconds: 3600 },
      ],
    })
    expect(asked).toHaveLength(1)
  })

  test('is text of a line for each step, at most 80 columns wide', async () => {
    const { client } = createClient([saying({ ...good, aud: 'https://billing.example.com', scope: 'a' })])
    const text = String(await client.explain(token, guard)).replace(/after \d+ ms/, 'after 5 ms')
    expect(text).toMatchInlineSnapshot(`
      "refused with 401: audience
      ✓ token      an opaque token of 22 characters, given
      – cache      off
      – jwt        off
      ✓ transport  POST https://as.example.com/introspect with client_secret_basic as
                   api: 200 after 5 ms
      ✓ response   active, with scope, client_id, token_type, exp, iat, sub, aud, iss;
                   iat 1 min 0 s ago; exp in 1 h 0 min
      ✗ policy     not met: audience, scope
        ✓ token_kind  "Bearer"
        ✗ audience    unexpected aud "https://billing.example.com", expected
                      "https://api.example.com"
                      → Have the client ask the authorization server for a token for
                        this audience (parameter resource or audience, or a setting of
                        the client there), or correct the option audience.
        ✗ scope       unexpected scope "a", expected "orders:read"
                      → Have the client ask for this scope, and the authorization
                        server grant it.
      ✗ result     the sender gets 401 invalid_token"
    `)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('names every requirement that is not met, with what is required and found', async () => {
    const { client } = createClient([
      saying({ ...good, aud: ['x', 'y'], scope: 'a', acr: 'password', auth_time: now - 90 }),
    ])
    const options = { ...guard, acrValues: 'mfa', maxAuthenticationAgeSeconds: 60, check: () => true }
    const explanation = await client.explain(token, options)
    expect(explanation).toMatchObject({ allowed: false, reason: 'audience', status: 401 })
    expect(stepOf(explanation, 'policy').requirements).toMatchObject([
      { requirement: 'token_kind', outcome: 'passed', found: 'Bearer' },
      { requirement: 'issuer', outcome: 'skipped', found: issuer },
      { requirement: 'audience', outcome: 'refused', required: [audience], found: ['x', 'y'] },
      { requirement: 'confirmation', outcome: 'skipped' },
      { requirement: 'scope', outcome: 'refused', required: [scope], found: ['a'] },
      { requirement: 'authorization_details', outcome: 'skipped' },
      { requirement: 'permissions', outcome: 'skipped' },
      {
        requirement: 'authentication',
        outcome: 'refused',
        required: { acrValues: ['mfa'], maxAuthenticationAgeSeconds: 60 },
        found: { acr: 'password', authenticationAgeSeconds: 90 },
      },
      { requirement: 'check', outcome: 'skipped' },
    ])
  })

  test.each<[string, object, ExplainedStep['step'], string]>([
    ['a token that the server does not call active', { active: false }, 'response', 'answer'],
    ['an expired token', { ...good, exp: now - 37 }, 'response', 'expired'],
    ['a token from the future', { ...good, nbf: now + 600 }, 'response', 'not_yet_valid'],
  ])('says why %s is inactive', async (_, answer, name, inactiveReason) => {
    const { client } = createClient([saying(answer)])
    const explanation = await client.explain(token, guard)
    expect(explanation).toMatchObject({ reason: 'token_inactive', status: 401 })
    expect(stepOf(explanation, name)).toMatchObject({ outcome: 'refused', inactiveReason })
  })

  test('says by how much a token is expired, and by whose clock', async () => {
    const { client } = createClient([saying({ ...good, exp: now - 97 })])
    const { detail } = stepOf(await client.explain(token, guard), 'response')
    expect(detail).toContain('the clock of this resource server')
    expect(detail).toContain('1 min 37 s later')
  })

  test('names the options that make an answer readable', async () => {
    const odd = { ...good, scope: [scope], exp: String(now + 60), iat: (now - 60) * 1000 }
    const { client } = createClient([saying(odd)])
    const explanation = await client.explain(token, guard)
    expect(explanation).toMatchObject({ reason: 'unavailable', status: 502 })
    expect(stepOf(explanation, 'response')).toMatchObject({
      outcome: 'failed',
      error: { code: 'ERR_RESPONSE_MALFORMED', side: 'authorization_server' },
      tolerable: ['scopeAsArray', 'timestampsInMilliseconds', 'datesAsText'],
    })
    const { client: tolerant } = createClient([
      saying({ ...good, permissions: [{ resource_set_id: 'r', scopes: [] }] }),
    ])
    expect(stepOf(await tolerant.explain(token, guard), 'response')).toMatchObject({
      outcome: 'passed',
      unreadableMembers: ['permissions'],
      tolerable: ['uma1Permissions'],
    })
  })

  test.each<[string, () => Response, string, number]>([
    ['refused credentials', saying({ error: 'invalid_client' }, 401), 'ERR_TRANSPORT_UNAUTHORIZED', 500],
    ['a server that is down', saying({}, 503), 'ERR_TRANSPORT_STATUS', 503],
    [
      'no answer',
      () => {
        throw new TypeError('fetch failed')
      },
      'ERR_TRANSPORT_UNREACHABLE',
      503,
    ],
  ])('makes %s a failed step', async (_, answer, code, status) => {
    const { client } = createClient([answer], { transport: { retry: false } })
    const explanation = await client.explain(token, guard)
    expect(explanation).toMatchObject({ allowed: false, reason: 'unavailable', status })
    expect(stepOf(explanation, 'transport')).toMatchObject({ outcome: 'failed', endpoint, error: { code } })
  })

  test('makes a function that throws a failed step, without a secret in its message', async () => {
    const { client } = createClient([saying(good)])
    const explanation = await client.explain(token, { ...guard, check: throwing })
    expect(explanation).toMatchObject({ allowed: false, reason: undefined, status: undefined })
    expect(stepOf(explanation, 'policy')).toMatchObject({
      outcome: 'failed',
      error: { code: undefined, message: 'RangeError: no row for [sent]' },
    })
    expect(stepOf(explanation, 'policy').requirements.at(-1)).toMatchObject({ requirement: 'check', outcome: 'failed' })
  })

  test('leaves no trace: no event, no count, no answer in the cache, no circuit', async () => {
    const { client, events, asked } = createClient([saying({}, 503)], {
      cache: {},
      transport: { retry: false, circuitBreaker: { failures: 1, windowMs: 0 } },
    })
    const before = client.statistics()
    await client.explain(token, guard)
    await client.explain(token, { ...guard, useCache: true })
    expect(client.statistics()).toEqual(before)
    expect(events).toEqual([])
    expect(asked).toHaveLength(2)
  })

  test.each<[string, () => Response]>([
    ['has members that cannot be read', saying({ ...good, permissions: ['r:s'] })],
    ['is active and has expired', saying({ ...good, exp: now - 60 })],
    ['is that the server does not introspect such tokens', saying({ error: 'unsupported_token_type' }, 400)],
  ])('reports nothing when the answer %s', async (_, answer) => {
    const { client, events } = createClient([answer])
    await client.explain(token, guard)
    expect(events).toEqual([])
    await client.introspect(token)
    expect(events.length).toBeGreaterThan(1)
  })

  test('does not make a token one that goes first', async () => {
    const { client, events } = createClient([saying(good), saying({}, 503)], {
      transport: { retry: false, circuitBreaker: { failures: 1, windowMs: 0 } },
    })
    await client.explain(token, guard)
    await expect(client.introspect(token)).rejects.toThrow()
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'circuit_changed', tokens: 'unknown', state: 'open' }),
    )
  })

  test('uses no kept answer after the clock was set back, as a guard does', async () => {
    const { client, asked, clock } = createClient([saying(good)], { cache: { maxAgeSeconds: 30 } })
    await client.introspect(token)
    clock.ms += 10_000
    await client.introspect(token)
    clock.ms -= 5000
    const explanation = await client.explain(token, { ...guard, useCache: true })
    expect(stepOf(explanation, 'cache')).toMatchObject({ found: 'unusable', isUsed: false })
    expect(asked).toHaveLength(2)
    await client.introspect(token)
    expect(asked).toHaveLength(3)
  })

  test('keeps no answer, and does not change the one that is kept', async () => {
    const { client, asked, clock } = createClient([saying(good), saying({ active: false })], {
      cache: { maxAgeSeconds: 30 },
    })
    await client.introspect(token)
    clock.ms += 12_000
    const before = client.statistics()
    const explanation = await client.explain(token, guard)
    expect(explanation).toMatchObject({ allowed: false, reason: 'token_inactive' })
    expect(stepOf(explanation, 'cache')).toMatchObject({
      found: 'hit',
      isUsed: false,
      active: true,
      ageSeconds: 12,
      usableForSeconds: 18,
      remedy: expect.stringContaining('forget') as string,
    })
    expect(client.statistics()).toEqual(before)
    expect(await client.introspect(token)).toMatchObject({ active: true })
    expect(asked).toHaveLength(2)
  })

  test('decides by the answer in the cache, with useCache, as a guard does', async () => {
    const { client, asked, clock } = createClient([saying(good), saying({ active: false })], {
      cache: { maxAgeSeconds: 30 },
    })
    await client.introspect(token)
    clock.ms += 12_000
    const explanation = await client.explain(token, { ...guard, useCache: true })
    expect(explanation.allowed).toBe(true)
    expect(stepOf(explanation, 'cache')).toMatchObject({ outcome: 'passed', found: 'hit', isUsed: true })
    expect(stepOf(explanation, 'transport')).toMatchObject({ outcome: 'skipped', attempts: 0 })
    expect(asked).toHaveLength(1)
    const young = await client.explain(token, { ...guard, useCache: true, maxAgeSeconds: 12 })
    expect(stepOf(young, 'cache')).toMatchObject({ outcome: 'skipped', found: 'unusable' })
    expect(young.allowed).toBe(false)
    expect(asked).toHaveLength(2)
  })

  test('names the open circuit, and asks past it', async () => {
    const { client } = createClient([saying({}, 503), saying({}, 503), saying(good)], {
      transport: { retry: false, circuitBreaker: { failures: 1, windowMs: 0, openMs: 60_000 } },
    })
    await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS' })
    await expect.poll(() => client.statistics().circuits).toMatchObject([{ state: 'open' }])
    const explanation = await client.explain(token, guard)
    expect(stepOf(explanation, 'transport')).toMatchObject({ outcome: 'passed', circuit: 'open', status: 200 })
    expect(client.statistics().circuits).toMatchObject([{ state: 'open' }])
  })

  test('asks once, with the retries of the client', async () => {
    const { client, asked } = createClient([saying({}, 502), saying(good)])
    const explanation = await client.explain(token, guard)
    expect(stepOf(explanation, 'transport')).toMatchObject({ attempts: 2, status: 200 })
    expect(asked).toHaveLength(2)
  })

  test('uses no proof up', async () => {
    const prover = await createProver()
    const proof = await prover.prove()
    const { client } = createClient([saying({ ...good, cnf: { jkt: prover.jkt }, token_type: 'DPoP', sub: proof })], {
      policy: { dpop: { origin: ORIGIN } },
    })
    const request = { method: 'GET', url: PATH, headers: new Headers({ authorization: `DPoP ${TOKEN}`, dpop: proof }) }
    const decide = client.guard(guard)
    for (const _ of [1, 2]) {
      const explanation = await client.explain(request, guard)
      expect(explanation.allowed).toBe(true)
      const text = `${explanation.toString()}${JSON.stringify(explanation)}`
      for (const secret of [proof, TOKEN]) expect(text).not.toContain(secret)
    }
    expect(await decide(request)).toMatchObject({ allowed: true })
    expect(await decide(request)).toMatchObject({ allowed: false, reason: 'proof' })
  })

  test('refuses a bound token without its request, and says so', async () => {
    const { client } = createClient([saying({ ...good, cnf: { jkt: 'A'.repeat(43) } })], {
      policy: { dpop: { origin: ORIGIN } },
    })
    const explanation = await client.explain(token, guard)
    const found = stepOf(explanation, 'policy').requirements.find(({ outcome }) => outcome === 'refused')
    expect(found).toMatchObject({
      requirement: 'confirmation',
      remedy: expect.stringContaining('whole request') as string,
    })
  })

  test('holds no value that a hostile server repeats, also from the cache', async () => {
    const basic = Buffer.from(`api:${clientSecret}`).toString('base64')
    const echo = {
      ...good,
      sub: clientSecret,
      aud: [audience, token],
      username: basic,
      [token]: token,
      [basic]: [clientSecret],
    }
    const { client } = createClient([saying(echo)], { cache: {} })
    await client.introspect(token)
    for (const useCache of [true, false]) {
      const explanation = await client.explain(bearing(), { ...guard, useCache })
      expect(stepOf(explanation, 'response').values).toMatchObject({ sub: '[sent]', aud: [audience, '[sent]'] })
      const text = `${explanation.toString()}${JSON.stringify(explanation)}`
      for (const secret of [token, clientSecret, basic]) expect(text).not.toContain(secret)
    }
  })

  test.each<[unknown, unknown, string]>([
    [7, {}, 'explain: needs a token'],
    [{ headers: {} }, {}, 'explain: needs a token'],
    [token, {}, 'audience'],
    [token, { ...guard, useCache: 1 }, 'guard.useCache'],
    [token, { ...guard, scop: 'a' }, 'guard.scop'],
    [token, { ...guard, notOlderThan: '0-1' }, 'notOlderThan'],
  ])('rejects for misuse: %j with %j', async (input, options, message) => {
    const { client, asked } = createClient([saying(good)])
    const explaining = client.explain(input as string, options as ExplainOptions)
    await expect(explaining).rejects.toThrow(TypeError)
    await expect(client.explain(input as string, options as ExplainOptions)).rejects.toThrow(message)
    expect(asked).toHaveLength(0)
  })

  test('names the scheme in a text that is a whole Authorization field', async () => {
    const { client, asked } = createClient([saying(good)])
    const explanation = await client.explain(`Bearer ${token}`, guard)
    expect(explanation.allowed).toBe(false)
    expect(stepOf(explanation, 'token')).toMatchObject({
      outcome: 'refused',
      remedy: 'Pass the token alone, without the scheme of the Authorization field.',
    })
    expect(asked).toEqual([])
  })

  test('rejects after the client is closed', async () => {
    const { client } = createClient([saying(good)])
    await client.close()
    await expect(client.explain(token, guard)).rejects.toThrow('closed')
  })
})

function jwtClient(
  server: ReturnType<typeof createServer>,
  mode: 'local-or-introspect' | 'local-then-introspect',
  jwt: JwtOptions = {},
  onEvent?: (event: IntrospectionClientEvent) => void,
) {
  const client = new IntrospectionClient({
    issuer: GOOD.iss,
    clientAuthentication: clientSecretBasic('api', clientSecret),
    transport: { fetch: server.fetch },
    jwt: { mode, ...jwt },
    onEvent,
    now: () => (GOOD.exp - 300) * 1000,
    onWarning: false,
  })
  onTestFinished(() => client.close())
  return client
}

describe('explain of a JWT', () => {
  test('reports no fault of the JWT', async () => {
    const events: IntrospectionClientEvent[] = []
    const client = jwtClient(createServer(await createKey('ES256')), 'local-or-introspect', {}, (event) =>
      events.push(event),
    )
    const other = assemble({ alg: 'ES256', typ: 'at+jwt' }, { ...GOOD, iss: 'https://other.example.com' })
    await client.explain(other, { audience: GOOD.aud })
    expect(events).toEqual([])
    await client.introspect(other)
    expect(events).toContainEqual(expect.objectContaining({ type: 'jwt_unusable' }))
  })

  test('says that the JWT is enough, and asks nobody', async () => {
    const key = await createKey('ES256')
    const server = createServer(key)
    const client = jwtClient(server, 'local-or-introspect')
    const explanation = await client.explain(await issue(key), { audience: GOOD.aud })
    expect(explanation.allowed).toBe(true)
    expect(stepOf(explanation, 'jwt')).toMatchObject({
      outcome: 'passed',
      isEnough: true,
      header: { alg: 'ES256', iss: GOOD.iss },
    })
    expect(stepOf(explanation, 'transport')).toMatchObject({ outcome: 'skipped' })
    expect(server.asked).toEqual([])
  })

  test('takes no sample, and asks about a JWT in doubt, as every guard does', async () => {
    const key = await createKey('ES256')
    const server = createServer(key)
    const numbers = [0.9, 0.1]
    const random = () => numbers.shift() ?? 0.9
    const client = jwtClient(server, 'local-or-introspect', { sampleRate: 0.5, random })
    const jwt = await issue(key)
    expect((await client.explain(jwt, { audience: GOOD.aud })).allowed).toBe(true)
    expect(numbers).toHaveLength(2)
    for (let count = 0; count < 2; count++) await client.introspect(jwt)
    expect(server.asked).toHaveLength(1)
    expect((await client.explain(jwt, { audience: GOOD.aud })).allowed).toBe(false)
    expect(server.asked).toHaveLength(2)
  })

  test('says that the server is asked as well', async () => {
    const key = await createKey('ES256')
    const server = createServer(key)
    server.answer = { active: true, aud: GOOD.aud }
    const explanation = await jwtClient(server, 'local-then-introspect').explain(await issue(key), {
      audience: GOOD.aud,
    })
    expect(explanation.allowed).toBe(true)
    expect(stepOf(explanation, 'jwt')).toMatchObject({ outcome: 'passed', isEnough: false })
    expect(stepOf(explanation, 'transport')).toMatchObject({ outcome: 'passed' })
  })

  test('says why the JWT is not accepted', async () => {
    const key = await createKey('ES256')
    const client = jwtClient(createServer(key), 'local-or-introspect')
    const other = assemble({ alg: 'ES256', typ: 'at+jwt' }, { ...GOOD, iss: 'https://other.example.com' })
    const explanation = await client.explain(other, { audience: GOOD.aud })
    expect(explanation).toMatchObject({ allowed: false, reason: 'token_inactive' })
    expect(stepOf(explanation, 'jwt')).toMatchObject({
      outcome: 'refused',
      inactiveReason: 'jwt_issuer',
      header: { iss: 'https://other.example.com' },
    })
    expect(stepOf(explanation, 'response')).toMatchObject({ outcome: 'skipped' })
  })

  test('makes missing keys a failed step', async () => {
    const key = await createKey('ES256')
    const server = createServer(key)
    server.jwksAnswer = () => new Response(null, { status: 404 })
    const explanation = await jwtClient(server, 'local-or-introspect').explain(await issue(key), { audience: GOOD.aud })
    expect(explanation).toMatchObject({ reason: 'unavailable', status: 503 })
    expect(stepOf(explanation, 'jwt')).toMatchObject({ outcome: 'failed', error: { code: 'ERR_JWT_KEYS_UNAVAILABLE' } })
  })
})

describe('explain before the question', () => {
  test('makes metadata that cannot be read a failed step transport', async () => {
    const client = new IntrospectionClient({
      issuer,
      clientAuthentication: clientSecretBasic('api', clientSecret),
      transport: { fetch: () => Promise.resolve(new Response('<html>')) },
      onWarning: false,
    })
    onTestFinished(() => client.close())
    const explanation = await client.explain(token, guard)
    expect(stepOf(explanation, 'transport')).toMatchObject({ outcome: 'failed', attempts: 0, endpoint: undefined })
    expect(explanation).toMatchObject({ reason: 'unavailable', status: 502 })
  })

  test('makes a refused access token of the client itself a failed step transport', async () => {
    const { client } = createClient([saying({ error: 'invalid_client' }, 401)], {
      clientAuthentication: clientCredentials({
        clientAuthentication: clientSecretBasic('api', clientSecret),
        tokenEndpoint: 'https://as.example.com/token',
      }),
    })
    const explanation = await client.explain(token, guard)
    expect(stepOf(explanation, 'transport')).toMatchObject({
      outcome: 'failed',
      attempts: 0,
      error: { code: 'ERR_TRANSPORT_UNAUTHORIZED' },
    })
  })
})

describe('explain of several issuers', () => {
  const asked: string[] = []
  function clientOf(name: string) {
    const client = new IntrospectionClient({
      issuer: `https://${name}.example.com`,
      endpoint: `https://${name}.example.com/introspect`,
      clientAuthentication: clientSecretBasic('api', clientSecret),
      transport: {
        fetch: (url) => {
          asked.push(url)
          return Promise.resolve(Response.json({ ...good, iss: `https://${name}.example.com` }))
        },
      },
      now: () => now * 1000,
    })
    onTestFinished(() => client.close())
    return client
  }

  test('names the issuer, and asks only its server', async () => {
    asked.length = 0
    const introspection = combineIssuers({
      issuers: { one: clientOf('one'), two: clientOf('two') },
      prefixes: { two: 'tok-' },
    })
    const options = { ...guard, issuers: { two: { scope: 'partner' } } }
    const explanation = await introspection.explain(bearing(), options)
    expect(explanation).toMatchObject({ issuer: 'two', allowed: false, reason: 'scope' })
    expect(asked).toEqual(['https://two.example.com/introspect'])
    expect(String(explanation)).toContain('issuer two')
  })

  test('says that a token belongs to no issuer', async () => {
    asked.length = 0
    const introspection = combineIssuers({
      issuers: { one: clientOf('one'), two: clientOf('two') },
      prefixes: { two: 'pt_' },
    })
    const explanation = await introspection.explain(token, guard)
    expect(explanation).toMatchObject({ issuer: undefined, allowed: false, reason: 'token_inactive' })
    expect(stepOf(explanation, 'token')).toMatchObject({ outcome: 'refused' })
    expect(asked).toEqual([])
  })

  test('explains a token of an issuer that is found, and a lookup that fails', async () => {
    const settings = {
      issuer,
      endpoint,
      clientAuthentication: clientSecretBasic('api', clientSecret),
      transport: { fetch: () => Promise.resolve(Response.json(good)) },
    }
    const introspection = combineIssuers({
      find: (name) => {
        if (name === 'down') throw new Error('the database is down')
        return name === 'known' ? settings : undefined
      },
      requestIssuer: () => 'known',
      now: () => now * 1000,
    })
    onTestFinished(() => introspection.close())
    expect(await introspection.explain(bearing(), guard)).toMatchObject({ issuer: 'known', allowed: true })
    expect(await introspection.explain(token, guard, { issuer: 'known' })).toMatchObject({ allowed: true })
    expect(await introspection.explain(token, guard, { issuer: 'other' })).toMatchObject({
      reason: 'token_inactive',
    })
    const down = await introspection.explain(token, guard, { issuer: 'down' })
    expect(down).toMatchObject({ reason: 'unavailable', status: 503 })
    expect(stepOf(down, 'token')).toMatchObject({ outcome: 'failed', error: { code: 'ERR_ISSUER_LOOKUP' } })
  })
})
