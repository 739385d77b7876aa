/** One table of requests through every framework. Each must be refused with the same response, and no handler runs. */
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  type ClientPolicyOptions,
  clientSecretBasic,
  type GuardRequest,
  IntrospectionClient,
  type OptionalGuard,
  type OptionalGuardOptions,
} from '@token-introspection/client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createProver, ORIGIN, TOKEN } from '../dpop-api.ts'
import { allowedCases, refusedCases } from './guard-cases.ts'
import { fullRefusal } from './guard-cases/full-refusal.ts'
import type { RefusedCase, Situation } from './guard-cases/guard-case.ts'
import { bearer, posting, preflight, type SentRequest } from './guard-cases/sent-request.ts'
import { audience, good, now, realm, scope, token } from './guard-cases/valid-token.ts'
import { frameworks } from './guard-frameworks.ts'
import { ASKED_FOR } from './guard-frameworks/fields-before.ts'
import { type GuardedFramework, PATH, type StartedFramework } from './guard-frameworks/guarded-framework.ts'
import { type Received, send } from './send-request.ts'

/** A guard whose authorization server answers as the case says, and a count of its requests. */
function guardIn({ guard, token: places = {}, members, reply }: Situation, policy: ClientPolicyOptions = {}) {
  let asked = 0
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: {
      deadlineMs: 100,
      fetch: (url, init) => {
        asked++
        return reply?.(url, init) ?? Promise.resolve(Response.json({ ...good, ...members }))
      },
    },
    token: places,
    policy,
    now: () => now * 1000,
  })
  const decide: OptionalGuard = client.guard({ audience, realm, scope, ...guard } as OptionalGuardOptions)
  return { decide, asked: () => asked }
}

const prover = await createProver()

describe.each(frameworks)('$name', (framework) => {
  let started: StartedFramework
  let decide: OptionalGuard
  let judged: GuardRequest[] = []
  let handled: { sub: string | undefined; body: string }[] = []

  beforeAll(async () => {
    started = await framework.start(
      (request) => {
        judged.push(request)
        return decide(request)
      },
      (auth, body) => {
        handled.push({ sub: auth?.sub, body })
        return 'handled'
      },
    )
  })

  afterAll(() => started.stop())

  function ask(guard: OptionalGuard, request: SentRequest): Promise<Received> {
    decide = guard
    judged = []
    handled = []
    return send(started.server, request)
  }

  /** What the response exposes, after what the application has set before the guard ran. */
  function exposed(...names: readonly string[]): readonly string[] | undefined {
    const all = framework.bare === true ? names : ['X-Total', ...names]
    return all.length === 0 ? undefined : [all.join(', ')]
  }

  const suiting = refusedCases(framework.parsesForms)
    .filter(suits(framework))
    .map(([title, ...row]) => ({ title, row }))
  test.each(suiting)('refuses $title', async ({ row: [request, expected, situation = {}] }) => {
    const { decide: guard, asked } = guardIn(situation)
    const { status, fields, body } = await ask(guard, request)
    expect(handled).toEqual([])
    expect(status).toBe(expected.status)
    expect(fields['www-authenticate']).toEqual(expected.challenge === undefined ? undefined : [expected.challenge])
    const words = expected.error === undefined ? (framework.empty ?? '') : JSON.stringify({ error: expected.error })
    expect(body).toBe(request.method === 'HEAD' ? '' : words)
    expect(fields['content-type']).toEqual(words === '' ? undefined : [framework.json ?? 'application/json'])
    if (request.method !== 'HEAD' && framework.web === undefined)
      expect(fields['content-length']).toEqual([String(words.length)])
    expect(fields['cache-control']).toEqual(['no-store'])
    expect(fields['retry-after']).toEqual(expected.retryAfter === undefined ? undefined : [expected.retryAfter])
    expect(fields['access-control-expose-headers']).toEqual(
      exposed(...(expected.challenge === undefined ? [] : ['WWW-Authenticate'])),
    )
    expect(asked() > 0).toBe(expected.asked)
    expect(JSON.stringify(fields) + body).not.toContain(token)
    expect(JSON.stringify(fields) + body).not.toContain('secret')
  })

  const passing = allowedCases(framework.parsesForms)
    .filter(([, { fields = [] }]) => framework.bare !== true || !fields.some(([name]) => name === ASKED_FOR))
    .map(([title, ...row]) => ({ title, row }))
  test.each(passing)('lets $title pass', async ({ row: [request, { sub }, fields = {}, situation = {}] }) => {
    const received = await ask(guardIn(situation).decide, request)
    expect(received.status).toBe(200)
    expect(received.body).toBe(request.method === 'HEAD' ? '' : 'handled')
    expect(handled).toMatchObject([{ sub }])
    for (const [name, value] of Object.entries(fields)) {
      expect(received.fields[name]).toEqual(value === undefined ? undefined : [value])
    }
  })

  test('refuses control characters, or Node refuses them first', async () => {
    const { decide: guard, asked } = guardIn({})
    decide = guard
    handled = []
    for (const control of ['\u0001', '\u007f', '\u0000']) {
      const answer = await exchange(started.server, `Authorization: Bearer ab${control}c\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 40[01] /)
    }
    expect(handled).toEqual([])
    expect(asked()).toBe(0)
  })

  test.each([
    ['', preflight],
    [' with credentials', { ...preflight, fields: [...preflight.fields, ['Authorization', `Bearer ${token}`]] }],
  ] as [string, SentRequest][])(
    'answers a preflight%s with 204, and calls neither the server nor the handler (BEAR-21)',
    async (_, request) => {
      const { decide: guard, asked } = guardIn({ guard: { optional: framework.takesOptional !== false } })
      const { status, fields, body } = await ask(guard, request)
      expect([status, body]).toEqual([204, ''])
      for (const name of ['www-authenticate', 'access-control-allow-origin', 'content-type', 'content-length']) {
        expect(fields[name]).toEqual(framework.fieldsOf204?.[name])
      }
      expect(fields['access-control-expose-headers']).toEqual(exposed())
      expect(handled).toEqual([])
      expect(judged).toEqual([])
      expect(asked()).toBe(0)
    },
  )

  test('passes a preflight to the handler when the option says so, and does not call the server (BEAR-21)', async () => {
    const { decide: guard, asked } = guardIn({})
    const open = await framework.start(
      (request) => {
        judged.push(request)
        return guard(request)
      },
      (auth, body) => {
        handled.push({ sub: auth?.sub, body })
        return 'handled'
      },
      { passPreflights: true },
    )
    onTestFinished(() => open.stop().then(() => undefined))
    handled = []
    judged = []
    const received = await send(open.server, preflight)
    expect([received.status, received.body]).toEqual([200, 'handled'])
    expect(received.fields['www-authenticate']).toBeUndefined()
    expect(handled).toMatchObject([{ sub: undefined }])
    expect(judged).toEqual([])
    expect(asked()).toBe(0)
    expect((await send(open.server, {})).status).toBe(401)
    expect(handled).toHaveLength(1)
  })

  test('shows the guard the method and the URL unchanged', async () => {
    const { decide: guard } = guardIn({})
    await ask(guard, { ...bearer, method: 'PUT', query: '?a=%20b&c' })
    expect(judged).toHaveLength(1)
    expect(judged[0]?.method).toBe('PUT')
    expect(judged[0]?.url?.replace(/^http:\/\/api(?=\/)/, '')).toBe(`${PATH}${framework.query ?? '?a=%20b&c'}`)
  })

  test.skipIf(framework.takesOptional === false)(
    'lets a request without a token pass when the token is optional',
    async () => {
      expect(await ask(guardIn({ guard: { optional: true } }).decide, {})).toMatchObject({
        status: 200,
        body: 'handled',
      })
      expect(handled).toMatchObject([{ sub: undefined }])
      await ask(guardIn({ guard: { optional: true } }).decide, bearer)
      expect(handled).toMatchObject([{ sub: 'alice' }])
    },
  )

  test('leaves an unexpected error to the framework, without the token in the response', async () => {
    const { status, body, fields } = await ask(() => Promise.reject(new RangeError('a bug')), bearer)
    expect(status).toBe(framework.failure ?? 500)
    expect(body).not.toContain(token)
    expect(fields['www-authenticate']).toBeUndefined()
    expect(handled).toEqual([])
  })

  test('sends every part of a refusal', async () => {
    const { status, fields, body } = await ask(() => Promise.resolve(fullRefusal), bearer)
    expect(status).toBe(401)
    expect(body).toBe(fullRefusal.body)
    expect(fields['www-authenticate']).toEqual([fullRefusal.headers['www-authenticate']])
    expect(fields['dpop-nonce']).toEqual(['n-0S6_WzA2Mj'])
    expect(fields['access-control-expose-headers']).toEqual(exposed('WWW-Authenticate', 'DPoP-Nonce'))
    expect(handled).toEqual([])
  })

  test('adds the headers of a decision to the response of an allowed request', async () => {
    const exposing = framework.bare === true ? 'DPoP-Nonce' : 'DPoP-Nonce, x-total'
    const headers = { 'dpop-nonce': 'n-0S6_WzA2Mj', 'access-control-expose-headers': exposing }
    const { status, fields } = await ask(
      () => Promise.resolve({ allowed: true, token: { ...good, active: true as const }, headers }),
      bearer,
    )
    expect(status).toBe(200)
    expect(fields['dpop-nonce']).toEqual(['n-0S6_WzA2Mj'])
    expect(fields['access-control-expose-headers']).toEqual(exposed('DPoP-Nonce'))
  })

  test('verifies proofs against the method and the URL that were sent, and accepts each proof once', async () => {
    const members = { cnf: { jkt: prover.jkt }, token_type: 'DPoP' }
    const { decide: guard } = guardIn({ members }, { dpop: { origin: ORIGIN } })
    const askWith = async (scheme: string, ...proofs: readonly string[]) => {
      const fields = proofs.map((proof) => ['DPoP', proof] as const)
      const credentials = ['Authorization', `${scheme} ${TOKEN}`] as const
      const { status } = await ask(guard, { query: '?a=1', fields: [credentials, ...fields] })
      return [status, handled.length]
    }
    const htu = ORIGIN + PATH
    const proof = await prover.prove({ htu })
    expect(await askWith('DPoP', proof)).toEqual([200, 1])
    expect(await askWith('DPoP', proof)).toEqual([401, 0])
    expect(await askWith('DPoP', await prover.prove({ htu: `${ORIGIN}/orders` }))).toEqual([401, 0])
    expect(await askWith('DPoP', await prover.prove({ htu, htm: 'POST' }))).toEqual([401, 0])
    expect(await askWith('DPoP', await prover.prove({ htu }), await prover.prove({ htu }))).toEqual([401, 0])
    expect(await askWith('DPoP')).toEqual([401, 0])
    expect(await askWith('Bearer', await prover.prove({ htu }))).toEqual([401, 0])
  })

  test.skipIf(framework.parsesForms)('leaves the body of the request to the handler', async () => {
    const body = 'a=1&'.repeat(100_000)
    const { decide: guard } = guardIn({ token: { sources: ['header', 'form'] } })
    expect((await ask(guard, posting(body, `Bearer ${token}`))).status).toBe(200)
    expect(handled).toEqual([{ sub: 'alice', body }])
  })
})

/** An adapter that returns `undefined` for a refused request cannot take an optional guard. */
function suits({ takesOptional = true }: GuardedFramework): (refusal: RefusedCase) => boolean {
  return ([, , , situation]) => takesOptional || situation?.guard?.optional !== true
}

/** Sends a request that no HTTP client would send. */
function exchange(server: Server, fields: string): Promise<string> {
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: api\r\nConnection: close\r\n${fields}\r\n`, 'latin1')
  return text(socket)
}
