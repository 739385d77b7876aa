/** `tokenOf` of every adapter: the token of a request that this very guard has let pass. */
import { expressGuard } from '@token-introspection/client/express'
import { fastifyGuard } from '@token-introspection/client/fastify'
import { honoGuard } from '@token-introspection/client/hono'
import { koaGuard } from '@token-introspection/client/koa'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { byName, get, serve } from './guard-fixtures.ts'

/** Says who calls by `tokenOf` of a guard, or the message of its error. */
type Say = (tokenOf: () => { readonly sub?: string | undefined } | undefined) => string
const say: Say = (tokenOf) => {
  try {
    return tokenOf()?.sub ?? 'nobody'
  } catch (error) {
    return (error as TypeError).message
  }
}

/** A route behind its guard. It asks the guard itself, or another one of the same framework. */
const frameworks: Readonly<Record<string, (asksItself: boolean) => Promise<string>>> = {
  async Express(asksItself) {
    const [own, other] = [expressGuard(byName), expressGuard(byName)]
    const asked = asksItself ? own : other
    const app = express().get('/', own, (request, response) => void response.end(say(() => asked.tokenOf(request))))
    return (await get(await serve(app), 'alice')).body
  },
  async Koa(asksItself) {
    const [own, other] = [koaGuard(byName), koaGuard(byName)]
    const asked = asksItself ? own : other
    const app = new Koa().use(own).use((context) => {
      context.body = say(() => asked.tokenOf(context))
    })
    const listener = app.callback()
    return (await get(await serve((request, response) => void listener(request, response)), 'alice')).body
  },
  async Hono(asksItself) {
    const [own, other] = [honoGuard(byName), honoGuard(byName)]
    const asked = asksItself ? own : other
    const app = new Hono().get('/', own, (context) => context.text(say(() => asked.tokenOf(context))))
    return (await app.request('/', { headers: { authorization: 'Bearer alice' } })).text()
  },
  async Fastify(asksItself) {
    const [own, other] = [fastifyGuard(byName), fastifyGuard(byName)]
    const asked = asksItself ? own : other
    const app = Fastify()
    app.get('/', { onRequest: own }, (request) => say(() => asked.tokenOf(request)))
    const { body } = await app.inject({ url: '/', headers: { authorization: 'Bearer alice' } })
    await app.close()
    return body
  },
}

describe.each(Object.entries(frameworks))('tokenOf in %s', (_, ask) => {
  test('gives the token of a request that the guard has let pass', async () => {
    expect(await ask(true)).toBe('alice')
  })

  test('throws for a request that another guard has let pass', async () => {
    expect(await ask(false)).toMatch(/^tokenOf: the request has not passed this guard\. Mount this guard on the route/)
  })
})
