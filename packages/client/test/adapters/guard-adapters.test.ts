/** Tests of single adapters that do not fit the common table: options for refusals, and mistakes in options. */
import { once } from 'node:events'
import { createServer as createHttp2Server, connect as connectHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { OptionalGuard, Refusal } from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { fastifyGuard } from '@token-introspection/client/fastify'
import { honoGuard } from '@token-introspection/client/hono'
import { koaGuard } from '@token-introspection/client/koa'
import { addHeaders, nodeGuard, sendRefusal, toGuardRequest } from '@token-introspection/client/node'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { byName, get, nobody, refusal, serve } from './guard-fixtures.ts'

test.each([
  ['expressGuard', expressGuard],
  ['fastifyGuard', fastifyGuard],
  ['koaGuard', koaGuard],
  ['honoGuard', honoGuard],
] as [string, (guard: never, options?: never) => unknown][])(
  '%s refuses a client in place of a guard, and unknown options',
  (name, adapter) => {
    expect(() => adapter({ guard: byName } as never)).toThrow(TypeError)
    expect(() => adapter(byName as never, { onRefused: () => undefined } as never)).toThrow(`${name}.onRefused: `)
    expect(() => adapter(byName as never, { onRefusal: 'send' } as never)).toThrow(`${name}.onRefusal: `)
  },
)

describe('Node', () => {
  test('a preflight gets 204, no challenge and no CORS permission (BEAR-21)', async () => {
    const handled = vi.fn<() => void>()
    const mayPass = nodeGuard(nobody as never)
    const origin = await serve(
      (request, response) =>
        void mayPass(request, response).then((token) => (token === undefined ? undefined : handled())),
    )
    const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' }
    const response = await fetch(origin, { method: 'OPTIONS', headers })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([204, null])
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(handled).not.toHaveBeenCalled()
  })

  test('a response that has begun is not changed', async () => {
    const origin = await serve((_, response) => {
      response.write('begun')
      sendRefusal(refusal, response)
      response.end()
    })
    expect(await get(origin)).toMatchObject({ status: 200, body: 'begun' })
  })

  test('a refusal does not announce the body that was planned', async () => {
    const origin = await serve((_, response) => {
      response.setHeader('content-length', '99')
      response.setHeader('content-encoding', 'gzip')
      response.setHeader('content-type', 'text/html')
      response.setHeader('etag', '"a"')
      sendRefusal(refusal, response)
    })
    const response = await fetch(origin)
    expect(await response.text()).toBe('')
    const fields = ['content-length', 'content-encoding', 'content-type', 'etag'].map((name) =>
      response.headers.get(name),
    )
    expect(fields).toEqual(['0', null, null, null])
  })

  test('guards requests over HTTP/2', async () => {
    const mayPass = nodeGuard(byName as never)
    const server = createHttp2Server((request, response) => {
      void mayPass(request as never, response as never).then((token) => token && response.end('handled'))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      session.destroy()
      server.close()
    })
    const ask = async (headers: Record<string, string>) => {
      const stream = session.request({ ':path': '/', ...headers })
      const [fields] = (await once(stream, 'response')) as [Record<string, unknown>]
      return [fields[':status'], fields['www-authenticate'], await text(stream)]
    }
    expect(await ask({})).toEqual([401, 'Bearer realm="a"', ''])
    expect(await ask({ authorization: 'Bearer alice' })).toEqual([200, undefined, 'handled'])
  })

  test.each(['setHeader', 'end'] as const)(
    'a refusal whose %s throws closes the connection, and the process goes on',
    async (method) => {
      const mayPass = nodeGuard(() => Promise.resolve(refusal))
      const passed = Promise.withResolvers<unknown>()
      const origin = await serve((request, response) => {
        response[method] = () => {
          throw new Error('not now')
        }
        void mayPass(request, response).then(passed.resolve, passed.reject)
      })
      await expect(fetch(origin)).rejects.toThrow()
      expect(await passed.promise).toBeUndefined()
    },
  )

  test('a decision whose headers cannot be set does not let the request pass', async () => {
    const origin = await serve((_, response) => {
      response.setHeader = () => {
        throw new Error('not now')
      }
      addHeaders({ 'cache-control': 'private' }, response)
      response.end('secret')
    })
    await expect(fetch(origin)).rejects.toThrow()
  })

  test('reads the fields of a request that a platform made without rawHeaders', () => {
    const headers = { authorization: 'Bearer alice', 'x-list': ['a', 'b'] }
    for (const rawHeaders of [[], undefined]) {
      const request = toGuardRequest({ method: 'GET', url: '/', headers, rawHeaders } as never)
      expect(['authorization', 'x-list', 'dpop'].map((name) => request.headers.get(name))).toEqual([
        'Bearer alice',
        'a, b',
        undefined,
      ])
      expect([request.clientCertificate, request.remoteAddress, request.form]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    }
  })
})

describe('Express', () => {
  type Prepare = (app: express.Express, handle: express.RequestHandler) => unknown
  async function start(prepare: Prepare) {
    const app = express()
    app.set('env', 'test')
    const handle = vi.fn<express.RequestHandler>((_, response) => void response.send('handled'))
    prepare(app, handle)
    app.use(
      ((_error, _request, response, _next) => void response.status(500).send('caught')) as express.ErrorRequestHandler,
    )
    return { origin: await serve(app), handle }
  }

  test('each middleware gives the token of its own guard, and throws when its guard did not judge the request', async () => {
    const mayPass = expressGuard(byName)
    const { origin } = await start((app) => {
      app.get('/behind', mayPass, (request, response) => {
        const { auth } = request as { auth?: unknown }
        response.json([mayPass.tokenOf(request)?.sub, auth])
      })
      app.get('/before', (request, response) => void response.json(mayPass.tokenOf(request)))
      app.get('/beside', expressGuard(byName), (request, response) => void response.json(mayPass.tokenOf(request)))
    })
    expect((await get(`${origin}/behind`, 'alice')).body).toBe('["alice",{"active":true,"sub":"alice"}]')
    expect((await get(`${origin}/before`, 'alice')).body).toBe('caught')
    expect((await get(`${origin}/beside`, 'alice')).body).toBe('caught')
  })

  test.each<[string, Parameters<typeof expressGuard>[1], number, string]>([
    [
      'a response of its own',
      { onRefusal: (refused, _, response) => response.writeHead(418).end(refused.reason) },
      418,
      'token_absent',
    ],
    ['the refusal itself', { onRefusal: (refused, _, response) => sendRefusal(refused, response) }, 401, ''],
    ['an error', { onRefusal: (refused, _request, _response, next) => next(refused) }, 500, 'caught'],
    [
      'next without an error, which is a mistake',
      { onRefusal: (_refused, _request, _response, next) => (next as () => void)() },
      500,
      'caught',
    ],
    [
      'a mistake',
      {
        onRefusal: () => {
          throw new Error('a bug')
        },
      },
      500,
      'caught',
    ],
    ['a mistake in a promise', { onRefusal: () => Promise.reject(new Error('a bug')) }, 500, 'caught'],
  ])('onRefusal may end with %s, and no handler runs', async (_, options, status, body) => {
    const { origin, handle } = await start((app, handler) => app.get('/', expressGuard(nobody, options), handler))
    expect(await get(origin)).toMatchObject({ status, body })
    expect(handle).not.toHaveBeenCalled()
  })

  test("the guard does not throw a handler's error a second time", async () => {
    const { origin } = await start((app) =>
      app.get('/', expressGuard(byName), () => {
        throw new Error('a bug')
      }),
    )
    expect(await get(origin, 'alice')).toMatchObject({ status: 500, body: 'caught' })
  })
})

describe('Koa', () => {
  test('onRefusal answers, and no later middleware runs', async () => {
    const app = new Koa()
    const behind = vi.fn()
    app.use(
      koaGuard(nobody, {
        onRefusal: (refused, context) => {
          context.status = 418
          context.body = refused.reason
        },
      }),
    )
    app.use(behind)
    const listener = app.callback()
    const origin = await serve((request, response) => void listener(request, response))
    expect(await get(origin)).toMatchObject({ status: 418, body: 'token_absent' })
    expect(behind).not.toHaveBeenCalled()
  })
})

describe('Hono', () => {
  test('onRefusal answers, and no handler runs', async () => {
    const handle = vi.fn(() => new Response('handled'))
    const app = new Hono().get('/', honoGuard(nobody, { onRefusal: answer418 }), handle)
    const response = await app.request('/')
    expect([response.status, await response.text()]).toEqual([418, 'token_absent'])
    expect(handle).not.toHaveBeenCalled()
  })

  test('the headers of a decision are also on a Response that the handler creates', async () => {
    const app = new Hono().get('/', honoGuard(withNonce), () => Response.redirect('https://a.example/'))
    const response = await app.request('/')
    expect([response.status, response.headers.get('dpop-nonce')]).toEqual([302, 'n'])
  })
})

function answer418(refused: Refusal): Response {
  return new Response(refused.reason, { status: 418 })
}

const withNonce: OptionalGuard = () =>
  Promise.resolve({ allowed: true, token: { active: true }, headers: { 'dpop-nonce': 'n' } })
