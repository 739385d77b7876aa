/** The API of the page: its orders, a stream of events that ends with the token, and the page itself. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { followFeed } from '@token-introspection/client/revocations'
import express from 'express'

/** The settings of the API. */
export interface ApiSettings {
  readonly issuer: string
  readonly clientSecret: string
  /** The bundle of the page. */
  readonly script: string
}

/** Creates the API and its client. It does not listen yet. */
export function createApi({ issuer, clientSecret, script }: ApiSettings) {
  const introspection = new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic('orders-api', clientSecret),
    audience: 'https://orders.example.com',
    cache: {},
    revocations: followFeed(),
    transport: { allowHttpOnLoopback: true }, // for an authorization server on your own machine
  })
  const mayRead = expressGuard(introspection.guard({ scope: 'orders:read' }))

  const app = express()
  app.get('/orders', mayRead, (request, response) => {
    response.json({ orders: ['1 book', '2 pens'], for: mayRead.tokenOf(request).sub })
  })
  app.get('/orders/events', mayRead, (request, response) => {
    // Aborts when the token is revoked or expires, and stops watching when the browser leaves.
    const signal = mayRead.watch(request, response)
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write('data: your orders are shown as they come\n\n')
    if (signal.aborted) response.end()
    else signal.addEventListener('abort', () => response.end(), { once: true })
  })
  app.get('/page.js', (_request, response) => response.type('text/javascript').send(script))
  app.get('/', (_request, response) => response.type('html').send(HTML))
  return { app, introspection }
}

const HTML = `<!doctype html>
<html lang="en">
  <meta name="viewport" content="width=device-width">
  <title>Orders</title>
  <main id="page"></main>
  <script type="module" src="/page.js"></script>
</html>`
