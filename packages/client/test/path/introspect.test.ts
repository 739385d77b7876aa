import { findFreePort } from '../../../core/test/find-free-port.ts'
import { once } from 'node:events'
import { createServer as createSilentServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import {
  clientCredentials,
  clientSecretBasic,
  type Fetch,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  type IntrospectionResult,
  isIntrospectionError,
} from '@token-introspection/client'
import type { ClaimsSchema } from '@token-introspection/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { clientSecret, good, hostileAnswers, issuer, now, token } from '../hostile-answers.ts'
import { type LoopbackServer, serve } from '../loopback-server.ts'
import { oneRequest } from '../one-request.ts'
import { holdClock } from '../held-clock.ts'
import { expectNoSecrets } from '../secrets.ts'

const DEADLINE_MS = 5000

const unhandled: unknown[] = []
const note = (reason: unknown): void => {
  unhandled.push(reason)
}
let elsewhere: LoopbackServer

beforeAll(async () => {
  process.on('unhandledRejection', note)
  elsewhere = await serve(({ response }) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good)),
  )
})

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve))
  expect(unhandled).toEqual([])
})

afterAll(async () => {
  process.off('unhandledRejection', note)
  await elsewhere[Symbol.asyncDispose]()
})

/** The outcome of an introspection, and its events. */
async function introspect(server: LoopbackServer, options: { fetch?: Fetch | undefined; deadlineMs?: number }) {
  const events: IntrospectionClientEvent[] = []
  const { client } = createClient(server.origin, { ...options, onEvent: (event) => events.push(event) })
  let result: IntrospectionResult | undefined
  let error: unknown
  try {
    result = await client.introspect(token)
  } catch (reason) {
    error = reason
  }
  await client.close()
  return { result, error, events }
}

function createClient(
  origin: string,
  {
    fetch,
    deadlineMs,
    ...options
  }: Partial<IntrospectionClientOptions> & { fetch?: Fetch | undefined; deadlineMs?: number } = {},
) {
  const client = new IntrospectionClient({
    endpoint: `${origin}/introspect`,
    clientAuthentication: clientSecretBasic('api', clientSecret),
    transport: { ...oneRequest, allowHttpOnLoopback: true, fetch, deadlineMs },
    response: { acceptedIssuers: [issuer] },
    now: () => now * 1000,
    ...options,
  })
  return { client }
}

function outcomeOf({ result, error }: { result: IntrospectionResult | undefined; error: unknown }): string {
  if (result !== undefined) return result.active ? 'active' : 'inactive'
  return isIntrospectionError(error) ? error.code : String(error)
}

/** Events that repeat at most once a minute, in addition. */
const ADVICE = new Set(['members_unreadable', 'answer_unusable'])

describe.each([
  ['undici', undefined],
  ['fetch', fetch],
])('over %s', (transport, fetchToUse) => {
  test.each(hostileAnswers)('$title: $outcome', async (row) => {
    const clock = row.late ? holdClock() : undefined
    await using server = await serve(async (exchange) => {
      void row.answer({ ...exchange, elsewhere: elsewhere.origin })
      await clock?.pass(DEADLINE_MS)
    })
    const settled = await introspect(server, { fetch: fetchToUse, deadlineMs: DEADLINE_MS })
    const expected = transport === 'fetch' ? (row.fetchOutcome ?? row.outcome) : row.outcome
    expect(outcomeOf(settled)).toBe(expected)
    if (expected === 'inactive') expect(settled.result).toEqual({ active: false })
    const told = settled.events.map(({ type }) => type).filter((type) => !ADVICE.has(type))
    expect(told).toEqual([settled.error === undefined ? 'introspected' : 'failed'])
    expectNoSecrets(settled.error, settled.events)
    expect(server.requests).toHaveLength(1)
    expect(elsewhere.requests).toEqual([])
  })

  test('closes a connection whose answer does not end', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    await using server = await serve(({ response, socket }) => {
      socket.once('close', () => resolve())
      response.writeHead(200, { 'content-type': 'application/json' })
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, ' ')));
      }
      response.on('drain', write).on('error', () => undefined)
      write()
    })
    const settled = await introspect(server, { fetch: fetchToUse })
    expect(outcomeOf(settled)).toBe('ERR_RESPONSE_MALFORMED')
    await closed
  })

  test('closes a connection whose answer does not come', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const clock = holdClock()
    await using server = await serve(({ socket }) => {
      socket.once('close', () => resolve())
      return clock.pass(DEADLINE_MS)
    })
    const settled = await introspect(server, { fetch: fetchToUse, deadlineMs: DEADLINE_MS })
    expect(outcomeOf(settled)).toBe('ERR_TRANSPORT_TIMEOUT')
    await closed
  })

  test('fails at a port where no server listens', async () => {
    const server = await serve(() => undefined, '127.0.0.1', await findFreePort())
    await server[Symbol.asyncDispose]()
    const settled = await introspect(server, { fetch: fetchToUse })
    expect(outcomeOf(settled)).toBe('ERR_TRANSPORT_UNREACHABLE')
    expect(settled.error).toMatchObject({ retryable: true, cause: expect.any(Error) as Error })
    expectNoSecrets(settled.error)
  })

  test('waits for a TLS handshake until the deadline, not longer', async () => {
    const silent = createSilentServer((socket) => socket.on('error', () => undefined))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { client } = createClient('', {
      endpoint: `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`,
      transport: { fetch: fetchToUse, deadlineMs: 60 },
    })
    await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
    silent.close()
  })

  test("rejects with the caller's reason when the caller aborts", async () => {
    const answers: (() => void)[] = []
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    await using server = await serve(({ response }) => {
      answers.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good)))
      if (answers.length === 3) resolve()
    })
    const { client } = createClient(server.origin, { fetch: fetchToUse })
    const caller = new AbortController()
    const reason = new Error('the request was closed')
    const others = [client.introspect('another'), client.introspect('a third')]
    const aborted = client.introspect(token, { signal: caller.signal })
    await arrived
    caller.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    for (const answer of answers) answer()
    expect((await Promise.all(others)).map((result) => result.active)).toEqual([true, true])
    await client.close()
  })

  test('sends nothing for a caller that has already aborted', async () => {
    await using server = await serve(() => undefined)
    const { client } = createClient(server.origin, { fetch: fetchToUse })
    const reason = new Error('gone')
    await expect(client.introspect(token, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(server.requests).toEqual([])
  })

  test('answers 1,000 calls at once with one shared signal, each with its own token', async () => {
    const warnings: Error[] = []
    const warn = (warning: Error): void => {
      warnings.push(warning)
    }
    process.on('warning', warn)
    await using server = await serve(({ request, response }) => {
      const sub = new URLSearchParams(request.body).get('token')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...good, sub }))
    })
    const { client } = createClient(server.origin, { fetch: fetchToUse, deadlineMs: 30_000 })
    const { signal } = new AbortController()
    const tokens = Array.from({ length: 1000 }, (_, index) => `token-${index}`)
    const results = await Promise.all(tokens.map((value) => client.introspect(value, { signal })))
    expect(results.map((result) => (result.active ? result.sub : undefined))).toEqual(tokens)
    process.off('warning', warn)
    expect(warnings).toEqual([])
    await client.close()
  })
})

describe('over undici', () => {
  test('opens no more connections than the option allows, and keeps them', async () => {
    let most = 0
    await using server = await serve(async ({ response }) => {
      most = Math.max(most, await server.connections())
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good))
    })
    const { client } = createClient(server.origin, {
      transport: { allowHttpOnLoopback: true, maxConcurrentRequests: 3 },
    })
    await Promise.all(Array.from({ length: 30 }, (_, index) => client.introspect(`token-${index}`)))
    expect(most).toBe(3)
    expect(await server.connections()).toBe(3)
    await client.close()
  })
})

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

test.skipIf(!hasIpv6)('over IPv6 reaches this machine by [::1]', async () => {
  await using server = await serve(
    ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good)),
    '::1',
  )
  const { client } = createClient(server.origin)
  expect(server.origin).toContain('[::1]')
  expect((await client.introspect(token)).active).toBe(true)
  await client.close()
})

test('an authorization server inside a network is reached over http when its origin is listed, also for keys and tokens', async () => {
  const origin = 'http://keycloak:8080'
  const sent: string[] = []
  await using client = new IntrospectionClient({
    issuer: `${origin}/realms/acme`,
    clientAuthentication: clientCredentials({ clientAuthentication: clientSecretBasic('api', 'secret') }),
    jwt: { mode: 'local-then-introspect', jwksUri: `${origin}/keys` },
    transport: {
      allowHttpOrigins: [origin],
      fetch: (url) => {
        sent.push(new URL(url).pathname)
        if (url.endsWith('/token')) return Promise.resolve(Response.json({ access_token: 'a', token_type: 'Bearer' }))
        return Promise.resolve(
          Response.json({
            issuer: `${origin}/realms/acme`,
            introspection_endpoint: `${origin}/introspect`,
            token_endpoint: `${origin}/token`,
            active: true,
          }),
        )
      },
    },
  })
  expect((await client.introspect('opaque')).active).toBe(true)
  expect(() => client.guard({ audience: false, issuer: `${origin}/realms/acme` })).not.toThrow()
  expect(sent).toEqual(['/.well-known/oauth-authorization-server/realms/acme', '/token', '/introspect'])
  for (const options of [
    { issuer: origin },
    { endpoint: `${origin}/introspect` },
    { issuer: 'https://as.example.com', transport: { metadataUrl: `${origin}/m` } },
    { issuer: 'https://as.example.com', jwt: { mode: 'local' as const, jwksUri: `${origin}/keys` } },
    {
      issuer: 'https://as.example.com',
      clientAuthentication: clientCredentials({
        clientAuthentication: clientSecretBasic('api', 'secret'),
        tokenEndpoint: `${origin}/token`,
      }),
    },
  ]) {
    const create = () =>
      new IntrospectionClient({ clientAuthentication: clientSecretBasic('api', 'secret'), ...options })
    expect(create).toThrow("set transport.allowHttpOrigins: ['http://")
  }
})

describe('a custom transport', () => {
  test('is held to the deadline even when it ignores the signal', async () => {
    const { client } = createClient('https://as.example.com', {
      transport: { deadlineMs: 50, send: () => new Promise(() => undefined) },
    })
    await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
  })

  test('gets the deadline by its listener and by its signal', async () => {
    const heard: unknown[] = []
    const { client } = createClient('https://as.example.com', {
      transport: {
        deadlineMs: 50,
        send({ cancellation }) {
          cancellation.onCancel((reason) => heard.push(reason))
          cancellation.signal.addEventListener('abort', () => heard.push(cancellation.signal.reason))
          return new Promise(() => undefined)
        },
      },
    })
    const error: unknown = await client.introspect(token).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
    expect(heard).toEqual([error, error])
  })

  test('passes on its errors, with or without a code', async () => {
    const failure = new RangeError('a bug of mine')
    const { client } = createClient('https://as.example.com', {
      transport: {
        send() {
          throw failure
        },
      },
    })
    await expect(client.introspect(token)).rejects.toBe(failure)
  })
})

describe('an event', () => {
  test('is sent once for each call, with its duration', async () => {
    await using server = await serve(({ response }) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good)),
    )
    const { events } = await introspect(server, {})
    expect(events).toMatchObject([{ type: 'introspected', active: true, source: 'endpoint' }])
    expect(events[0]).toMatchObject({ durationMs: expect.toSatisfy((ms: number) => ms > 0) as number })
  })

  test('has the error that was thrown', async () => {
    await using server = await serve(({ response }) => response.writeHead(500).end())
    const { events, error } = await introspect(server, {})
    expect(events).toMatchObject([{ type: 'failed', source: 'endpoint' }])
    expect((events[0] as { error?: unknown }).error).toBe(error)
  })

  test.each([
    [
      'throws',
      (): undefined => {
        throw new Error('observer')
      },
    ],
    ['rejects', (): unknown => Promise.reject(new Error('observer'))],
  ])('changes nothing when its listener %s', async (_, onEvent) => {
    await using server = await serve(({ response }) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good)),
    )
    const { client } = createClient(server.origin, { onEvent })
    expect((await client.introspect(token)).active).toBe(true)
    await client.close()
  })
})

/** A Standard Schema of the claim `tenant`: it returns the string in capitals, and a key made of it. */
function tenantSchema(validate?: () => Promise<never>): ClaimsSchema<{ tenant: string; key: Uint8Array }> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate:
        validate ??
        ((claims) => {
          const { tenant } = claims as { tenant?: unknown }
          if (typeof tenant !== 'string') return { issues: [{ message: `bad ${String(tenant)}`, path: ['tenant'] }] }
          return { value: { tenant: tenant.toUpperCase(), key: new TextEncoder().encode(tenant) } }
        }),
    },
  }
}

describe('extension claims', () => {
  const claims = tenantSchema()

  function answering(body: object, schema = claims, deadlineMs = 2000) {
    return new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: clientSecretBasic('api', clientSecret),
      claims: schema,
      transport: { fetch: () => Promise.resolve(Response.json(body)), deadlineMs },
      now: () => now * 1000,
    })
  }

  test('have the output of their schema, beside undeclared members', async () => {
    const result = await answering({ ...good, tenant: 'acme', other: 1 }).introspect(token)
    expect(result).toEqual({ ...good, tenant: 'ACME', key: Uint8Array.of(97, 99, 109, 101), other: 1 })
    expect(Object.isFrozen(result)).toBe(true)
  })

  test('cannot replace a registered member', async () => {
    const schema: ClaimsSchema = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ value: { sub: 'admin', scope: 'everything' } }) },
    }
    const client = new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: clientSecretBasic('api', clientSecret),
      claims: schema,
      transport: { fetch: () => Promise.resolve(Response.json(good)) },
      now: () => now * 1000,
    })
    expect(await client.introspect(token)).toEqual(good)
  })

  test('that do not fit make the answer malformed, and the error names but does not quote them', async () => {
    const error: unknown = await answering({ ...good, tenant: [token] })
      .introspect(token)
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'ERR_RESPONSE_MALFORMED',
      message: expect.stringContaining('tenant') as string,
    })
    expectNoSecrets(error)
  })

  test('are not checked for an inactive or an expired token', async () => {
    for (const body of [{ active: false }, { ...good, exp: 1 }]) {
      expect(await answering(body).introspect(token)).toEqual({ active: false })
    }
  })

  test('are awaited until the deadline, not longer', async () => {
    const slow = tenantSchema(() => new Promise(() => undefined))
    await expect(answering(good, slow, 50).introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
  })
})

describe('a token that no server could have issued', () => {
  test.each([
    ['a line break', `${token}\r\nX-Injected: 1`],
    ['a NUL', `${token}\0`],
    ['a letter outside ASCII', `${token}é`],
    ['nothing', ''],
  ])('is inactive without a request: %s', async (_, value) => {
    await using server = await serve(() => undefined)
    const { client } = createClient(server.origin)
    expect(await client.introspect(value)).toEqual({ active: false })
    await client.close()
    expect(server.requests).toEqual([])
  })

  test.each([16_385, 1_048_576])('is an error without a request when it has %i octets', async (length) => {
    await using server = await serve(() => undefined)
    const { client } = createClient(server.origin)
    await expect(client.introspect('a'.repeat(length))).rejects.toMatchObject({ code: 'ERR_TOKEN_TOO_LONG' })
    await client.close()
    expect(server.requests).toEqual([])
  })

  test.each([[undefined], [null], [5], [['a']]])('is a TypeError when it is %o', async (value) => {
    const { client } = createClient('http://127.0.0.1:1')
    await expect(client.introspect(value as unknown as string)).rejects.toThrow(TypeError)
  })
})
