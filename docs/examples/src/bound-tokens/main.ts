/**
 * Starts an authorization server and an API over TLS, with certificates that openssl makes, and calls the API with tokens that
 * are bound to a certificate and to a key: `node docs/examples/src/bound-tokens/main.ts`.
 */
import { createHash, X509Certificate } from 'node:crypto'
import { createMemoryTokenStore } from '@token-introspection/server'
import { createTokenIssuer } from '@token-introspection/server/tokens'
import * as oauth from 'oauth4webapi'
import { Agent, fetch, type RequestInit } from 'undici'
import { findFreePort } from '../../../../packages/core/test/find-free-port.ts'
import { checkExample } from '../checks/check-example.ts'
import { waitFor } from '../checks/wait-for.ts'
import { listen, stop } from '../demo/listen.ts'
import { createApi } from './api.ts'
import { createAuthorizationServer } from './authorization-server.ts'
import { type Certificate, createCertificate } from './create-certificate.ts'

process.exitCode = await checkExample(async (expect) => {
  const [atServer, atApi, atShop, atThief] = ['server', 'orders-api', 'web-shop', 'thief'].map(createCertificate) as [
    Certificate,
    Certificate,
    Certificate,
    Certificate,
  ]
  const store = createMemoryTokenStore()
  const asPort = await findFreePort()
  const issuer = `https://127.0.0.1:${asPort}`
  const as = createAuthorizationServer({ issuer, store, certificate: atServer, apiCertificate: atApi })
  await listen(as, asPort)
  const apiPort = await findFreePort()
  const origin = `https://127.0.0.1:${apiPort}`
  const { introspection, server } = createApi({ issuer, origin, certificate: atApi, trusted: atServer.cert })
  await listen(server, apiPort)
  expect('the API becomes ready', await waitFor(async () => (await introspection.check()).ok), true)

  const stranger = createApi({ issuer, origin, certificate: atThief, trusted: atServer.cert })
  const refused = await stranger.introspection.check()
  expect('another certificate may not introspect', refused.ok || refused.step, 'credentials')

  /** A connection of a client that trusts the API, and shows a certificate if it has one. */
  const connect = (shown?: Certificate) => new Agent({ connect: { ca: atApi.cert, ...shown } })
  const [asShop, asThief, asAnybody] = [connect(atShop), connect(atThief), connect()]
  const call = async (dispatcher: Agent, token: string, method = 'GET') => {
    const response = await fetch(`${origin}/orders`, {
      method,
      dispatcher,
      headers: { authorization: `Bearer ${token}` },
    })
    return response.ok ? await response.text() : response.status
  }

  // Your token endpoint has verified the certificate of the connection, or the proof, before it does this.
  const tokens = createTokenIssuer({ store })
  async function issue(cnf?: Readonly<Record<string, string>>): Promise<string> {
    const { response } = await tokens.issue({
      client_id: 'web-shop',
      sub: 'alice',
      aud: 'https://orders.example.com',
      scope: 'orders:read orders:pay',
      expiresInSeconds: 300,
      ...(cnf && { cnf }),
    })
    return response.access_token
  }

  const ofCertificate = await issue({ 'x5t#S256': thumbprintOf(atShop) })
  expect('a token that is bound to the certificate of the shop', await call(asShop, ofCertificate), 'GET for alice')
  expect('is refused when a thief sends it', await call(asThief, ofCertificate), 401)
  expect('and when no certificate comes with it', await call(asAnybody, ofCertificate), 401)

  const DPoP = oauth.DPoP({}, await oauth.generateKeyPair('ES256'))
  const ofKey = await issue({ jkt: await DPoP.calculateThumbprint() })
  let caught: RequestInit = {}
  /** Sends a request with a proof that oauth4webapi makes, and catches it as a thief on the way would. */
  const prove = (token: string, options: oauth.DPoPRequestOptions) =>
    oauth
      .protectedResourceRequest(token, 'GET', new URL(`${origin}/orders`), undefined, undefined, {
        ...options,
        [oauth.customFetch]: (url: string, init: object) => {
          caught = { ...init, dispatcher: asAnybody }
          return fetch(url, caught) as unknown as Promise<Response>
        },
      })
      .then(
        (response) => response.text(),
        ({ status }: { status?: number }) => status,
      )
  expect('a token that is bound to a key, with a proof', await prove(ofKey, { DPoP }), 'GET for alice')
  expect('the caught proof is good once', (await fetch(`${origin}/orders`, caught)).status, 401)
  expect('the token is no bearer token', await call(asAnybody, ofKey), 401)
  const thief = oauth.DPoP({}, await oauth.generateKeyPair('ES256'))
  expect('a proof by another key is refused', await prove(ofKey, { DPoP: thief }), 401)

  const bearer = await issue()
  expect('a bearer token reads', await call(asAnybody, bearer), 'GET for alice')
  expect('and does not pay', await call(asAnybody, bearer, 'POST'), 401)
  expect('the bound token does', await call(asShop, ofCertificate, 'POST'), 'POST for alice')

  await Promise.all([asShop, asThief, asAnybody].map((agent) => agent.destroy()))
  await Promise.all([introspection.close(), stranger.introspection.close()])
  await Promise.all([stop(server), stop(as)])
})

/** The thumbprint of a certificate (RFC 8705 §3.1). */
function thumbprintOf({ cert }: Certificate): string {
  return createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url')
}
