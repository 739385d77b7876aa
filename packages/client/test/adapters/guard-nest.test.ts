/** Tests of the guard for Nest that do not fit the common table: decorators, filters, and contexts other than HTTP. */
import type { AddressInfo } from 'node:net'
import {
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  type INestApplicationContext,
  Module,
  type ModuleMetadata,
  Param,
  UseGuards,
} from '@nestjs/common'
import { ExternalContextCreator, NestFactory } from '@nestjs/core'
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js'
import { clientSecretBasic, type GuardOptions, IntrospectionClient } from '@token-introspection/client'
import { Auth, Public, RequireToken, TokenGuard, TokenRefusedException } from '@token-introspection/client/nest'
import type { Response } from 'express'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { byName, get, nobody } from './guard-fixtures.ts'

/** Decorators are called as functions, because tests are not compiled for decorators. */
function decorate(target: object, name: string, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name) as PropertyDescriptor
  for (const decorator of decorators.toReversed()) decorator(target, name, descriptor)
}

class OrdersController {
  plain(token: { sub?: string }) {
    return { sub: token.sub }
  }
  merged(): string {
    return 'handled'
  }
  open(token: unknown) {
    return { token: token ?? null }
  }
  inherited(id: string): string {
    return id
  }
}
const { prototype } = OrdersController
decorate(prototype, 'plain', Get('plain'))
Auth()(prototype, 'plain', 0)
decorate(prototype, 'merged', Get('merged'), RequireToken({ scope: 'b', realm: 'route' }))
decorate(prototype, 'open', Get('open'), Public())
Auth()(prototype, 'open', 0)
decorate(prototype, 'inherited', Get('orders/:id'))
Param('id')(prototype, 'inherited', 0)
RequireToken({ scope: 'a', audience: 'urn:class' })(OrdersController)
Controller()(OrdersController)

class OpenController {
  closed(): string {
    return 'handled'
  }
  open(): string {
    return 'handled'
  }
}
decorate(OpenController.prototype, 'closed', Get('open/closed'), RequireToken({ scope: 'c' }))
decorate(OpenController.prototype, 'open', Get('open/open'))
Public()(OpenController)
Controller()(OpenController)

class AppModule {
  readonly name = 'orders'
}
Module({ controllers: [OrdersController, OpenController] })(AppModule)

async function start(guard: TokenGuard, filter?: ExceptionFilter): Promise<string> {
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false })
  onTestFinished(() => app.close())
  app.useGlobalGuards(guard)
  if (filter !== undefined) app.useGlobalFilters(filter)
  await app.listen(0, '127.0.0.1')
  return `http://127.0.0.1:${((app.getHttpServer() as { address(): unknown }).address() as AddressInfo).port}`
}

test('options of a method override those of its class, and both override those of the guard', async () => {
  const made: object[] = []
  const maker = { guard: (options: object) => (made.push(options), byName) }
  const origin = await start(
    new TokenGuard(maker, { guard: { audience: 'urn:all', issuer: 'https://as.example.com' } }),
  )
  const all = { audience: 'urn:all', issuer: 'https://as.example.com' }
  expect(await get(`${origin}/plain`, 'alice')).toMatchObject({ status: 200, body: '{"sub":"alice"}' })
  expect((await get(`${origin}/merged`)).status).toBe(401)
  expect((await get(`${origin}/merged`, 'alice')).status).toBe(200)
  expect(await get(`${origin}/orders/7`, 'alice')).toMatchObject({ status: 200, body: '7' })
  expect(made).toEqual([
    { ...all, audience: 'urn:class', scope: 'a' },
    { ...all, audience: 'urn:class', scope: 'b', realm: 'route' },
    { ...all, audience: 'urn:class', scope: 'a' },
  ])
})

test('a public route is open, but a route that requires a token in a public controller is guarded', async () => {
  const origin = await start(new TokenGuard({ guard: () => nobody }))
  expect(await get(`${origin}/open`, 'alice')).toMatchObject({ status: 200, body: '{"token":null}' })
  expect((await get(`${origin}/open/open`)).status).toBe(200)
  expect(await get(`${origin}/open/closed`, 'alice')).toMatchObject({ status: 401, challenge: 'Bearer realm="a"' })
  expect((await get(`${origin}/plain`, 'alice')).status).toBe(401)
})

test('a handler without @RequireToken that reads the token of an unjudged request answers 500', async () => {
  class UnguardedController {
    plain(token: { sub?: string }) {
      return { sub: token.sub }
    }
  }
  decorate(UnguardedController.prototype, 'plain', Get('plain'))
  Auth()(UnguardedController.prototype, 'plain', 0)
  Controller()(UnguardedController)
  const app = await NestFactory.create(createModule({ controllers: [UnguardedController] }), { logger: false })
  onTestFinished(() => app.close())
  await app.listen(0, '127.0.0.1')
  expect((await get(`${await app.getUrl()}/plain`, 'alice')).status).toBe(500)
})

test('a filter gets the refusal, and the response has the challenge', async () => {
  const filter: ExceptionFilter = {
    catch(exception: unknown, host) {
      const { refusal: caught } = exception as TokenRefusedException
      const response = host.switchToHttp().getResponse<Response>()
      response.status(exception instanceof TokenRefusedException ? caught.status : 500).send(caught.reason)
    },
  }
  const origin = await start(new TokenGuard({ guard: () => nobody }), filter)
  expect(await get(`${origin}/plain`)).toEqual({ status: 401, body: 'token_absent', challenge: 'Bearer realm="a"' })
})

test('a method or class cannot be both public and guarded', () => {
  class Ambiguous {
    both(): void {}
  }
  expect(() => decorate(Ambiguous.prototype, 'both', Public(), RequireToken({}))).toThrow(TypeError)
  RequireToken({})(Ambiguous)
  expect(() => Public()(Ambiguous)).toThrow(TypeError)
  expect(() => RequireToken({})(Ambiguous)).toThrow(TypeError)
  class Heir extends Ambiguous {}
  expect(() => Public()(Heir)).not.toThrow()
})

test('unknown options throw', () => {
  expect(() => new TokenGuard({ guard: () => byName }, { guards: {} } as never)).toThrow('tokenGuard.guards')
})

test('the options of a route reach the client, and wrong options close the route', async () => {
  const guard = new TokenGuard({
    guard(options: GuardOptions) {
      throw new TypeError(`guard.${Object.keys(options).join()}`)
    },
  } as never)
  const origin = await start(guard)
  expect((await get(`${origin}/plain`, 'alice')).status).toBe(500)
})

/** A module class of its own, because Nest caches the instances of a module. */
async function openByClass(providers: object[], ...others: object[][]): Promise<string> {
  class GuardedController {
    list(): string {
      return 'handled'
    }
  }
  decorate(GuardedController.prototype, 'list', Get('list'))
  UseGuards(TokenGuard)(GuardedController)
  Controller()(GuardedController)
  const imports = others.map((of) => createModule({ providers: of as never }))
  const root = createModule({ imports, controllers: [GuardedController], providers: providers as never })
  const app = await NestFactory.create(root, { logger: false, abortOnError: false })
  onTestFinished(() => app.close())
  await app.listen(0, '127.0.0.1')
  return `http://127.0.0.1:${((app.getHttpServer() as { address(): unknown }).address() as AddressInfo).port}/list`
}

function createModule(metadata: ModuleMetadata): new () => object {
  class AnyModule {
    readonly name = 'any'
  }
  Module(metadata)(AnyModule)
  return AnyModule
}

describe('@UseGuards(TokenGuard), by the class', () => {
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', 'secret'),
    policy: { audience: 'urn:orders' },
    transport: { fetch: async () => Response.json({ active: true, sub: 'alice', aud: 'urn:orders', scope: 'a' }) },
  })
  const aClient = { provide: IntrospectionClient, useValue: client }
  const strict = { provide: TokenGuard, useFactory: () => new TokenGuard(client, { guard: { scope: 'b' } }) }

  test.each<[string, object[], object[], number]>([
    ['the client of the module', [aClient], [], 200],
    ['the client of another module', [], [aClient], 200],
    ['the guard of the module, with its options', [strict, aClient], [], 403],
    ['the guard of another module, with its options', [aClient], [strict], 403],
  ])('accepts %s', async (_, providers, further, status) => {
    const url = await openByClass(providers, further)
    expect((await get(url)).status).toBe(401)
    expect((await get(url, 'alice')).status).toBe(status)
  })

  test('does not start without a guard or a client', async () => {
    await expect(openByClass([])).rejects.toThrow('no provider of TokenGuard or IntrospectionClient')
  })

  test('does not start when the module has two clients', async () => {
    const other = { provide: IntrospectionClient, useValue: { guard: () => nobody } }
    await expect(openByClass([], [aClient], [other])).rejects.toThrow('2 providers of IntrospectionClient')
  })

  test('a subclass passes its own client', async () => {
    class OrdersGuard extends TokenGuard {
      constructor(introspection: IntrospectionClient) {
        super(introspection, { guard: { scope: 'b' } })
      }
    }
    Reflect.defineMetadata('design:paramtypes', [IntrospectionClient], OrdersGuard)
    const url = await openByClass([aClient, OrdersGuard, { provide: TokenGuard, useExisting: OrdersGuard }])
    expect((await get(url, 'alice')).status).toBe(403)
  })

  test('throws without a client or a guard factory', () => {
    expect(() => new TokenGuard(undefined as never)).toThrow(TypeError)
    expect(() => new TokenGuard(byName as never)).toThrow('TokenGuard: the first argument')
  })
})

describe('a context other than HTTP', () => {
  const request = { headers: new Headers({ authorization: 'Bearer alice' }) }

  test.each(['ws', 'rpc', 'graphql'])('is denied: %o', async (type) => {
    const asked = vi.fn(byName)
    const guard = new TokenGuard({ guard: () => asked })
    // With a request in the argument where HTTP has it.
    expect(await guard.canActivate(contextOf(type, [request, {}, { req: request }]))).toBe(false)
    expect(asked).not.toHaveBeenCalled()
  })

  test('is denied when requestOf finds no request', async () => {
    const guard = new TokenGuard({ guard: () => byName }, { requestOf: () => undefined })
    expect(await guard.canActivate(contextOf('ws', [request]))).toBe(false)
  })

  test('is judged by the request that requestOf finds', async () => {
    const guard = new TokenGuard({ guard: () => byName }, { requestOf })
    const found = { ...request }
    expect(await guard.canActivate(contextOf('graphql', [{}, {}, { req: found }]))).toBe(true)
    expect(found).toMatchObject({ auth: { sub: 'alice' } })
    const refused = guard.canActivate(contextOf('graphql', [{}, {}, { req: { headers: new Headers() } }]))
    await expect(refused).rejects.toBeInstanceOf(TokenRefusedException)
  })

  test('is judged when its request looks like a preflight', async () => {
    const headers = new Headers({ origin: 'https://a.example', 'access-control-request-method': 'GET' })
    const guard = new TokenGuard({ guard: () => nobody }, { requestOf: () => ({ method: 'OPTIONS', headers }) })
    await expect(guard.canActivate(contextOf('ws', []))).rejects.toBeInstanceOf(TokenRefusedException)
  })

  test('runs a handler with @RequireToken that has no guard, which HTTP does not', async () => {
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false })
    onTestFinished(() => app.close())
    expect(await call(app, 'merged', 'graphql')).toBe('handled')
    await expect(call(app, 'merged', 'http')).rejects.toThrow('OrdersController.merged has @RequireToken')
  })

  test('passes when it is public', async () => {
    const guard = new TokenGuard({ guard: () => nobody })
    expect(await guard.canActivate(contextOf('ws', [{}], 'open'))).toBe(true)
  })
})

function contextOf(type: string, args: unknown[], name: 'plain' | 'open' = 'plain'): ExecutionContext {
  const host = new ExecutionContextHost(args, OrdersController, prototype[name])
  host.setType(type)
  return host
}

/** Calls a handler as the modules for GraphQL do, with the guards and interceptors that Nest finds on it. */
function call(app: INestApplicationContext, name: 'merged' | 'open', type: string): Promise<unknown> {
  const creator = app.get(ExternalContextCreator)
  const defaults = [undefined, undefined, undefined, undefined, undefined] as const
  const run = creator.create(app.get(OrdersController), prototype[name], name, ...defaults, type)
  return run({ headers: {} }) as Promise<unknown>
}

function requestOf(context: ExecutionContext): object {
  return context.getArgByIndex<{ req: object }>(2).req
}
