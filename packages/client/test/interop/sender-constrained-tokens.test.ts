/**
 * Opaque tokens of oidc-provider that are bound to a key or a certificate, through a guard, with real TLS on both
 * sides.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type ClientPolicyOptions, clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { nodeGuard } from '@token-introspection/client/node'
import { parseChallenges } from '@token-introspection/core'
import * as oauth from 'oauth4webapi'
import { Agent, fetch as undiciFetch, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  AUDIENCE,
  authority,
  certificate,
  ORDERS,
  type RunningProvider,
  SCOPE,
  startProvider,
  WEB,
} from './oidc-provider-server.ts'

const fixtures = new URL('../../../server/test/fixtures/certificates/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, fixtures), 'utf8')
const CERTIFICATES = {
  own: certificate,
  another: { cert: read('stranger.pem'), key: read('stranger.key.pem') },
  none: {},
}
const web: oauth.Client = { client_id: WEB.id }

let as: RunningProvider

beforeAll(async () => {
  as = await startProvider()
})

afterAll(async () => {
  await as[Symbol.asyncDispose]()
  vi.restoreAllMocks()
})

/** An API on its own port. For an allowed request it answers with the subject of the token. */
async function startApi(policyOf: (origin: string) => ClientPolicyOptions) {
  let answer: RequestListener | undefined
  const tls = { cert: read('server.pem'), key: read('server.key.pem'), ca: authority }
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (incoming, response) =>
    answer?.(incoming, response),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`
  const client = new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication: clientSecretBasic(ORDERS.id, ORDERS.secret),
    transport: { tls: { ca: authority } },
    cache: {},
    // Read at each request, because one test moves the clock.
    now: () => Date.now(),
    policy: { audience: AUDIENCE, ...policyOf(origin) },
  })
  const mayRead = nodeGuard(client.guard({ scope: SCOPE }))
  answer = (incoming, response) => {
    void mayRead(incoming, response).then((token) => token && response.end(String(token.client_id)))
  }
  return {
    origin,
    url: new URL('/orders?page=2', origin),
    async [Symbol.asyncDispose]() {
      await client.close()
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

function connect(which: keyof typeof CERTIFICATES): Agent {
  return new Agent({ connect: { ca: authority, ...CERTIFICATES[which] } })
}

describe('a token bound to a certificate', () => {
  test('passes repeatedly on a connection with that certificate, and on no other (CERT-03, CERT-04)', async () => {
    await using api = await startApi(() => ({ certificate: true }))
    const basic = `Basic ${Buffer.from(`bound:${WEB.secret}`).toString('base64')}`
    const form = { grant_type: 'client_credentials', scope: SCOPE, resource: AUDIENCE }
    const { access_token: token } = await as.post('/token', form, { authorization: basic })
    for (const [which, expected] of [
      ['own', [200, 'bound']],
      ['another', [401, '{"error":"invalid_token"}']],
      ['none', [401, '{"error":"invalid_token"}']],
      ['own', [200, 'bound']],
    ] as const) {
      const dispatcher = connect(which)
      const headers = { authorization: `Bearer ${token}` }
      const { statusCode, body } = await request(api.url, { dispatcher, headers })
      expect([statusCode, await body.text()]).toEqual(expected)
      await dispatcher.destroy()
    }
  })
})

/** A client with a key. oauth4webapi makes its proofs and keeps its nonces. */
async function createHolder() {
  const dispatcher = connect('own')
  const sent: Headers[] = []
  const options = {
    [oauth.customFetch]: async (url: string, init: object) => {
      sent.push(new Headers((init as { headers: Record<string, string> }).headers))
      return (await undiciFetch(url, { ...init, dispatcher })) as unknown as Response
    },
  }
  const DPoP = oauth.DPoP(web, await oauth.generateKeyPair('ES256'))
  const server: oauth.AuthorizationServer = { issuer: as.issuer, token_endpoint: `${as.issuer}/token` }
  const answer = await oauth.clientCredentialsGrantRequest(
    server,
    web,
    oauth.ClientSecretBasic(WEB.secret),
    { scope: SCOPE, resource: AUDIENCE },
    { DPoP, ...options },
  )
  const { access_token: token, token_type: type } = await oauth.processClientCredentialsResponse(server, web, answer)
  expect(type).toBe('dpop')
  sent.length = 0
  return {
    token,
    sent,
    dispatcher,
    /** Sends one request to an API, with a proof for it. */
    read: (url: URL, method = 'GET') =>
      oauth.protectedResourceRequest(token, method, url, undefined, undefined, { DPoP, ...options }),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  }
}

describe('a token bound to a key', () => {
  test('passes with proofs of oauth4webapi, and never with a used proof (DPOP-15)', async () => {
    await using api = await startApi((origin) => ({ dpop: { origin }, senderConstraint: 'dpop' }))
    await using holder = await createHolder()
    for (const method of ['GET', 'DELETE']) {
      const response = await holder.read(api.url, method)
      expect([response.status, await response.text()]).toEqual([200, WEB.id])
    }
    const headers = Object.fromEntries(holder.sent[0] ?? [])
    expect(headers['dpop']).toBeDefined()
    const replayed = await request(api.url, { dispatcher: holder.dispatcher, headers })
    expect(replayed.statusCode).toBe(401)
    expect(await replayed.body.json()).toEqual({ error: 'invalid_dpop_proof' })
    const { dpop: proof = '' } = headers
    for (const fields of [{ authorization: `Bearer ${holder.token}` }, { dpop: [proof, proof] }, { dpop: '' }]) {
      const stolen = await request(api.url, { dispatcher: holder.dispatcher, headers: { ...headers, ...fields } })
      expect(stolen.statusCode).toBe(401)
      await stolen.body.dump()
    }
  })

  test('passes once oauth4webapi knows the nonce, and follows each new nonce (DPOP-16, DPOP-17)', async () => {
    const nonce = { secret: 'only the processes of this API know it', lifetimeSeconds: 10 }
    await using api = await startApi((origin) => ({ dpop: { origin, nonce } }))
    await using holder = await createHolder()
    const refused = await holder.read(api.url).then(
      () => expect.unreachable(),
      (error: unknown) => error,
    )
    expect(oauth.isDPoPNonceError(refused)).toBe(true)
    const { response } = refused as oauth.WWWAuthenticateChallengeError
    expect(response.status).toBe(401)
    expect(parseChallenges(response.headers.get('www-authenticate') ?? '')).toMatchObject([
      { scheme: 'Bearer' },
      { scheme: 'DPoP', parameters: { error: 'use_dpop_nonce' } },
    ])
    expect(response.headers.get('dpop-nonce')).toMatch(/^[\w.-]+$/)
    const retried = await holder.read(api.url)
    expect([retried.status, await retried.text(), retried.headers.get('dpop-nonce')]).toEqual([200, WEB.id, null])

    // After half of its lifetime, the server replaces the nonce before it refuses it.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6000 })
    try {
      const replacing = await holder.read(api.url)
      expect([replacing.status, replacing.headers.get('cache-control')]).toEqual([200, 'no-store'])
      expect(replacing.headers.get('dpop-nonce')).toMatch(/^[\w.-]+$/)
      vi.setSystemTime(Date.now() + 5000)
      expect((await holder.read(api.url)).status).toBe(200)
    } finally {
      vi.useRealTimers()
    }
  })

  test('is refused at another API than the one its proof names (DPOP-09)', async () => {
    await using api = await startApi((origin) => ({ dpop: { origin } }))
    await using other = await startApi((origin) => ({ dpop: { origin } }))
    await using holder = await createHolder()
    expect((await holder.read(api.url)).status).toBe(200)
    const [captured] = holder.sent
    const { statusCode, body } = await request(other.url, {
      dispatcher: holder.dispatcher,
      headers: { ...Object.fromEntries(captured ?? []), host: api.url.host, 'x-forwarded-host': api.url.host },
    })
    expect([statusCode, await body.json()]).toEqual([401, { error: 'invalid_dpop_proof' }])
  })
})
