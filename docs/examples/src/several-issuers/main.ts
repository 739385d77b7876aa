/** Starts three authorization servers and two APIs, and shows which server decides: `node docs/examples/src/several-issuers/main.ts`. */
import { createMemoryTokenStore } from '@token-introspection/server'
import { createTokenIssuer } from '@token-introspection/server/tokens'
import { checkExample } from '../checks/check-example.ts'
import { send } from '../checks/send.ts'
import { waitFor } from '../checks/wait-for.ts'
import { type AuthorizationServer, ORDERS_API, startAuthorizationServer } from '../demo/authorization-server.ts'
import { listen, stop } from '../demo/listen.ts'
import type { Exchange } from '../demo/record-exchange.ts'
import { createApi } from './api.ts'
import { combineKnownIssuers, type IssuerEntry } from './known-issuers.ts'
import { combineTenants } from './tenants.ts'

process.exitCode = await checkExample(async (expect) => {
  const askedOwn: Exchange[] = []
  const askedPartner: Exchange[] = []
  const partnerStore = createMemoryTokenStore({ revocationLog: true })
  const own = await startAuthorizationServer(0, (exchange) => askedOwn.push(exchange))
  const partner = await startAuthorizationServer(0, (exchange) => askedPartner.push(exchange), partnerStore)
  const later = await startAuthorizationServer(0, () => undefined)
  const partnerTokens = createTokenIssuer({ store: partnerStore, accessTokenPrefix: 'pt_' })

  const known = combineKnownIssuers(entryOf(own), entryOf(partner))
  const ofPartner = createApi(known.mayRead)
  const orders = `http://127.0.0.1:${(await listen(ofPartner, 0)).port}/orders`
  expect(
    'the API becomes ready for both servers',
    await waitFor(async () => (await known.introspection.check()).ok),
    true,
  )
  askedOwn.length = 0
  askedPartner.length = 0

  const { response: issued } = await partnerTokens.issue({
    client_id: 'partner-app',
    sub: 'alice',
    aud: ORDERS_API.audience,
    scope: 'partner:orders',
    expiresInSeconds: 600,
  })
  const ofOwn = await own.issueToken()
  expect('alice of the own server', (await send(orders, { token: ofOwn })).body, { user: 'own/alice' })
  expect('and alice of the partner are two users', (await send(orders, { token: issued.access_token })).body, {
    user: 'partner/alice',
  })
  expect('each server was asked about its own token alone', [askedOwn.length, askedPartner.length], [1, 1])
  await partner.stop()
  expect(
    'while the partner is down, its tokens get 503',
    (await send(orders, { token: issued.access_token })).status,
    503,
  )
  expect('and those of the own server still pass', (await send(orders, { token: ofOwn })).status, 200)
  await partner.start()

  const list = new Map([
    ['acme', entryOf(own)],
    ['globex', entryOf(partner)],
  ])
  const tenants = combineTenants(list)
  const ofTenants = createApi(tenants.mayRead)
  const origin = `http://127.0.0.1:${(await listen(ofTenants, 0)).port}`
  const firstAnswer = await waitFor(async () => (await send(`${origin}/acme/orders`, { token: ofOwn })).status === 200)
  expect('a token of acme passes at acme', firstAnswer, true)
  expect('and not at globex', (await send(`${origin}/globex/orders`, { token: ofOwn })).status, 401)
  expect('nor where no tenant is named', (await send(`${origin}/`, { token: ofOwn })).status, 401)
  list.set('initech', entryOf(later))
  const ofLater = await later.issueToken({ sub: 'peter' })
  expect('a tenant that came later', (await send(`${origin}/initech/orders`, { token: ofLater })).body, {
    user: 'initech/peter',
  })
  list.delete('initech')
  tenants.introspection.forgetIssuer('initech')
  expect('is refused after it has left', (await send(`${origin}/initech/orders`, { token: ofLater })).status, 401)

  await Promise.all([known.introspection.close(), tenants.introspection.close()])
  await Promise.all([ofPartner, ofTenants].map(stop))
  await Promise.all([own, partner, later].map((server) => server.stop()))
})

function entryOf({ issuer }: AuthorizationServer): IssuerEntry {
  return { issuer, clientSecret: ORDERS_API.secret }
}
