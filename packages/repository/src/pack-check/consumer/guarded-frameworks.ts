/** Guards a route in each framework, and sends it a request with a good token and one without a token. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { fastifyGuard } from '@token-introspection/client/fastify'
import { koaGuard } from '@token-introspection/client/koa'
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import express from 'express'
import createFastify from 'fastify'
import Koa from 'koa'

const express4 = createRequire(import.meta.url)('express4') as typeof express
const as = createFakeAuthorizationServer()
const introspection = new IntrospectionClient({
  issuer: as.issuer,
  clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
  audience: as.audience,
  transport: { fetch: as.fetch },
})
const guard = introspection.guard({ scope: 'orders:read' })

function serveExpress(framework: typeof express): Server {
  const mayRead = expressGuard(guard)
  const app = framework().get('/', mayRead, (request, response) => {
    response.end(mayRead.tokenOf(request).sub)
  })
  return createServer(app)
}

function serveKoa(): Server {
  const mayRead = koaGuard(guard)
  const app = new Koa()
  app.use(mayRead).use((context) => {
    context.body = mayRead.tokenOf(context).sub
  })
  const callback = app.callback()
  return createServer((request, response) => void callback(request, response))
}

async function serveFastify(): Promise<Server> {
  const mayRead = fastifyGuard(guard)
  const app = createFastify()
  app.get('/', { onRequest: mayRead }, (request, reply) => reply.send(mayRead.tokenOf(request).sub))
  await app.ready()
  return app.server
}

const servers = {
  express: serveExpress(express),
  express4: serveExpress(express4),
  koa: serveKoa(),
  fastify: await serveFastify(),
}
const token = await as.issueToken({ sub: 'alice', scope: 'orders:read' })
for (const [name, server] of Object.entries(servers)) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const get = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const response = await fetch(url, { headers: { connection: 'close', ...headers } })
    return `${response.status} ${await response.text()}`
  }
  assert.equal(await get({ authorization: `Bearer ${token}` }), '200 alice', name)
  assert.equal(await get({}), '401 ', name)
  server.close()
}
await introspection.close()
