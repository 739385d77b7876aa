/**
 * Tests of the plugin and the hook for Fastify that do not fit the common table: scopes, route configs, and mistakes.
 */
import { fastifyGuard, tokenGuards } from '@token-introspection/client/fastify'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { byName, nobody } from './guard-fixtures.ts'

async function start(prepare: (app: FastifyInstance) => unknown): Promise<FastifyInstance> {
  const app = Fastify()
  onTestFinished(() => app.close())
  await prepare(app)
  await app.ready()
  return app
}
const route = (): string => 'handled'

async function statusOf(app: FastifyInstance, url: string, name?: string, method: 'GET' | 'HEAD' = 'GET') {
  const headers = name === undefined ? {} : { authorization: `Bearer ${name}` }
  return (await app.inject({ url, method, headers })).statusCode
}

test('config.auth of a route names its guard, or opens the route with false', async () => {
  const app = await start(async (instance) => {
    instance.get('/early', { config: { auth: nobody } }, route)
    await instance.register(tokenGuards, { guard: byName })
    instance.get('/plain', (request) => request.auth?.sub)
    instance.get('/open', { config: { auth: false } }, (request) =>
      request.auth === undefined ? 'nobody' : 'somebody',
    )
    instance.get('/closed', { config: { auth: nobody } }, route)
    void instance.register((child, _, done) => {
      child.get('/below', route)
      done()
    })
  })
  expect(await statusOf(app, '/plain')).toBe(401)
  expect((await app.inject({ url: '/plain', headers: { authorization: 'Bearer alice' } })).body).toBe('alice')
  expect((await app.inject({ url: '/open', headers: { authorization: 'Bearer alice' } })).body).toBe('nobody')
  expect(await statusOf(app, '/closed', 'alice')).toBe(401)
  expect(await statusOf(app, '/early', 'alice')).toBe(401)
  expect(await statusOf(app, '/below')).toBe(401)
  expect(await statusOf(app, '/below', 'alice')).toBe(200)
  expect(await statusOf(app, '/plain', undefined, 'HEAD')).toBe(401)
  expect(await statusOf(app, '/nowhere')).toBe(401)
})

test('a scope with its own guard does not guard other scopes', async () => {
  const app = await start((instance) => {
    instance.get('/outside', route)
    void instance.register(async (child) => {
      await child.register(tokenGuards, { guard: byName })
      child.get('/inside', route)
    })
    void instance.register(async (child) => {
      await child.register(tokenGuards, { guard: nobody })
      child.get('/sibling', route)
    })
  })
  expect(await statusOf(app, '/outside')).toBe(200)
  expect(await statusOf(app, '/inside')).toBe(401)
  expect(await statusOf(app, '/inside', 'alice')).toBe(200)
  expect(await statusOf(app, '/sibling', 'alice')).toBe(401)
})

test('a second registration in an inner scope throws', async () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  await app.register(tokenGuards)
  void app.register(async (child) => {
    await child.register(tokenGuards)
  })
  await expect(app.ready()).rejects.toThrow('registered')
})

test.each([
  [{ guards: byName }, 'tokenGuards.guards'],
  [{ hook: 'onSend' }, 'tokenGuards.hook'],
  [{ guard: {} }, 'tokenGuards.guard'],
])('the options %o throw', async (options, path) => {
  const app = Fastify()
  onTestFinished(() => app.close())
  void app.register(tokenGuards, options as never)
  await expect(app.ready()).rejects.toThrow(path)
})

test.each([null, 'guard', {}, 0])('a route with %o in place of a guard answers 500', async (auth) => {
  const app = await start(async (instance) => {
    await instance.register(tokenGuards)
    instance.get('/', { config: { auth: auth as never } }, route)
  })
  expect(await statusOf(app, '/', 'alice')).toBe(500)
})

test('onRefusal may answer or throw, and a hook that does neither answers 500', async () => {
  const app = await start((instance) => {
    const answering = fastifyGuard(nobody, { onRefusal: (refused, _, reply) => reply.code(418).send(refused.reason) })
    const throwing = fastifyGuard(nobody, {
      onRefusal: () => Promise.reject(Object.assign(new Error('no'), { statusCode: 402 })),
    })
    const idle = fastifyGuard(nobody, { onRefusal: () => undefined })
    instance.get('/answering', { onRequest: answering }, route)
    instance.get('/throwing', { onRequest: throwing }, route)
    instance.get('/idle', { onRequest: idle }, route)
  })
  expect(await statusOf(app, '/answering')).toBe(418)
  expect(await statusOf(app, '/throwing')).toBe(402)
  expect(await statusOf(app, '/idle')).toBe(500)
})

describe('the option property', () => {
  const named = { property: 'caller' } as never

  test.each<[string, (app: FastifyInstance) => unknown, object]>([
    ['the hook', () => undefined, { onRequest: fastifyGuard(byName, named) }],
    ['the plugin', (app) => app.register(tokenGuards, { ...(named as object), guard: byName }), {}],
  ])('names the member in which %s leaves the token, and request.auth stays free', async (_, prepare, options) => {
    const app = await start(async (instance) => {
      instance.decorateRequest('auth', null as never)
      await prepare(instance)
      instance.get('/', options, (request) => {
        const { auth, caller } = request as { auth?: unknown; caller?: { sub: string } }
        return { auth, sub: caller?.sub }
      })
    })
    const { body } = await app.inject({ url: '/', headers: { authorization: 'Bearer alice' } })
    expect(JSON.parse(body)).toEqual({ auth: null, sub: 'alice' })
  })

  test.each(['', '__proto__', 'a b', '7', 7])('cannot be %o', async (property) => {
    expect(() => fastifyGuard(byName, { property } as never)).toThrow(/^fastifyGuard\.property: /)
    const app = Fastify()
    await expect(app.register(tokenGuards, { property } as never)).rejects.toThrow(/^tokenGuards\.property: /)
  })
})
