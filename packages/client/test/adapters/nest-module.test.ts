/** The module for Nest, on its real platforms. */
import {
  All,
  type ArgumentsHost,
  type CanActivate,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Module,
  Next,
  Req,
  type Type,
  UseGuards,
} from '@nestjs/common'
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import {
  type ActiveIntrospectionResult,
  clientSecretBasic,
  type Fetch,
  IntrospectionClient,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import {
  Auth,
  Public,
  RequireToken,
  TokenGuard,
  TokenIntrospectionModule,
  type TokenIntrospectionOptions,
} from '@token-introspection/client/nest'
import { describe, expect, onTestFinished, test } from 'vitest'
import { get } from './guard-fixtures.ts'

const fetch: Fetch = () => Promise.resolve(Response.json({ active: true, sub: 'alice', aud: 'urn:orders', scope: 'a' }))
const client: IntrospectionClientOptions = {
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('orders-api', 'secret'),
  policy: { audience: 'urn:orders' },
  transport: { fetch },
}

/** A controller with a guard by its class. Decorators are called as functions, because tests are not compiled for them. */
function createController(isGuarded = true): Type {
  class OrdersController {
    readonly #guard: TokenGuard

    constructor(guard: TokenGuard) {
      this.#guard = guard
    }

    list(token: ActiveIntrospectionResult, request: object) {
      return { sub: token.sub, isSame: this.#guard.tokenOf(request) === token }
    }
    write(): string {
      return 'written'
    }
  }
  Reflect.defineMetadata('design:paramtypes', [TokenGuard], OrdersController)
  const { prototype } = OrdersController
  decorate(prototype, 'list', Get('list'), RequireToken({ scope: 'a' }))
  Auth()(prototype, 'list', 0)
  Req()(prototype, 'list', 1)
  decorate(prototype, 'write', Get('write'), RequireToken({ scope: 'b' }))
  if (isGuarded) UseGuards(TokenGuard)(OrdersController)
  Controller()(OrdersController)
  return OrdersController
}

function decorate(target: object, name: string, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name) as PropertyDescriptor
  for (const decorator of decorators) decorator(target, name, descriptor)
}

type Metadata = Parameters<typeof Module>[0]

function createModule(metadata: Metadata): Type {
  class AnyModule {
    readonly name = 'any'
  }
  Module(metadata)(AnyModule)
  return AnyModule
}

const platforms = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() }

async function start(root: Type, platform: keyof typeof platforms = 'Express') {
  const app = await NestFactory.create(root, platforms[platform](), { logger: false, abortOnError: false })
  onTestFinished(() => app.close())
  await app.listen(0, '127.0.0.1')
  return { app, origin: await app.getUrl() }
}

const byClient = TokenIntrospectionModule.forRoot({ client })
const settings = { provide: 'SETTINGS', useValue: { client } }
const settingsModule = createModule({ providers: [settings], exports: ['SETTINGS'] })
const useFactory = (given: TokenIntrospectionOptions): Promise<TokenIntrospectionOptions> => Promise.resolve(given)

describe.each(['Express', 'Fastify'] as const)('on %s', (platform) => {
  test.each<[string, Metadata]>([
    ['forRoot', { imports: [byClient], controllers: [createController()] }],
    [
      'forRootAsync with an import',
      {
        imports: [
          TokenIntrospectionModule.forRootAsync({ imports: [settingsModule], inject: ['SETTINGS'], useFactory }),
        ],
        controllers: [createController()],
      },
    ],
    [
      'a global module, in another module',
      {
        imports: [
          TokenIntrospectionModule.forRoot({ client, global: true }),
          createModule({ controllers: [createController()] }),
        ],
      },
    ],
    [
      'a guard of every route',
      {
        imports: [byClient],
        controllers: [createController(false)],
        providers: [{ provide: APP_GUARD, useExisting: TokenGuard }],
      },
    ],
  ])('%s guards by the class, and gives the token', async (_, metadata) => {
    const { origin } = await start(createModule(metadata), platform)
    expect(await get(`${origin}/list`)).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="protected resource"',
    })
    expect(await get(`${origin}/list`, 'token')).toMatchObject({ status: 200, body: '{"sub":"alice","isSame":true}' })
    expect((await get(`${origin}/write`, 'token')).status).toBe(403)
  })
})

/** A controller whose class and methods are marked, and whose guards, if any, are those of the test. */
function createMarked(...guards: (CanActivate | Type<CanActivate>)[]): Type {
  class MarkedController {
    only(): string {
      return 'handled'
    }
    ofClass(): string {
      return 'handled'
    }
    open(): string {
      return 'handled'
    }
  }
  const { prototype } = MarkedController
  decorate(prototype, 'only', All('only'), RequireToken({ scope: 'a' }))
  decorate(prototype, 'ofClass', Get('of-class'))
  decorate(prototype, 'open', Get('open'), Public())
  RequireToken({ audience: 'urn:orders' })(MarkedController)
  if (guards.length > 0) UseGuards(...guards)(MarkedController)
  Controller()(MarkedController)
  return MarkedController
}

/** Sets a member that guards of other libraries set, too. */
const setsAuth: CanActivate = {
  canActivate(context) {
    Object.assign(context.switchToHttp().getRequest<object>(), { auth: { sub: 'mallory' } })
    return true
  },
}

const tokenGuard = () => new TokenGuard(new IntrospectionClient(client))
function sendPreflight(url: string): Promise<Response> {
  const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' }
  return globalThis.fetch(url, { method: 'OPTIONS', headers })
}

describe.each(['Express', 'Fastify'] as const)('@RequireToken on %s', (platform) => {
  test.each<[string, CanActivate[]]>([
    ['no guard', []],
    ['a guard of another library, which sets request.auth', [setsAuth]],
  ])('with %s throws a TypeError and does not run the handler', async (_, guards) => {
    const metadata: Metadata = { imports: [byClient], controllers: [createMarked(...guards)] }
    const { origin } = await start(createModule(metadata), platform)
    for (const path of ['only', 'of-class']) {
      expect(await get(`${origin}/${path}`, 'token')).toMatchObject({
        status: 500,
        body: '{"statusCode":500,"message":"Internal server error"}',
      })
    }
    expect((await sendPreflight(`${origin}/only`)).status).toBe(500)
    expect(await get(`${origin}/open`)).toMatchObject({ status: 200, body: 'handled' })
  })

  test('without a guard names the route and both remedies in the error', async () => {
    const caught: unknown[] = []
    const filter: ExceptionFilter = {
      catch(exception: unknown, host: ArgumentsHost) {
        caught.push(exception)
        host.switchToHttp().getResponse<{ send(body: string): void }>().send('caught')
      },
    }
    const providers = [{ provide: APP_FILTER, useValue: filter }]
    const { origin } = await start(createModule({ controllers: [createMarked()], providers }), platform)
    expect((await get(`${origin}/of-class`)).body).toBe('caught')
    expect(caught).toEqual([expect.any(TypeError)])
    expect(String(caught[0])).toMatch(
      /MarkedController\.ofClass has @RequireToken, .*@UseGuards\(TokenGuard\).*APP_GUARD, useExisting: TokenGuard/,
    )
  })

  test('accepts the judgement of a subclass, and of a TokenGuard inside another guard', async () => {
    class OrdersGuard extends TokenGuard {
      override async canActivate(context: ExecutionContext): Promise<boolean> {
        return super.canActivate(context)
      }
    }
    const inner = tokenGuard()
    for (const guard of [
      new OrdersGuard(new IntrospectionClient(client)),
      { canActivate: (context: ExecutionContext) => inner.canActivate(context) },
    ]) {
      const { origin } = await start(createModule({ controllers: [createMarked(guard)] }), platform)
      expect((await get(`${origin}/only`)).status).toBe(401)
      expect(await get(`${origin}/only`, 'token')).toMatchObject({ status: 200, body: 'handled' })
    }
  })

  test('lets a guard around TokenGuard allow what TokenGuard has refused', async () => {
    const inner = tokenGuard()
    const either: CanActivate = { canActivate: (context) => inner.canActivate(context).catch(() => true) }
    const { origin } = await start(createModule({ controllers: [createMarked(either)] }), platform)
    expect((await get(`${origin}/only`)).status).toBe(200)
  })

  test('accepts an optional guard without a token, and a preflight that passes', async () => {
    const introspection = new IntrospectionClient(client)
    const guard = new TokenGuard(introspection, { guard: { optional: true }, passPreflights: true })
    const { origin } = await start(createModule({ controllers: [createMarked(guard)] }), platform)
    expect((await get(`${origin}/only`)).status).toBe(200)
    expect((await sendPreflight(`${origin}/only`)).status).toBe(200)
  })
})

test('a judgement for one route does not count for the next route with the same path', async () => {
  class FirstController {
    pass(next: () => void): void {
      next()
    }
  }
  const { prototype } = FirstController
  decorate(prototype, 'pass', Get('of-class'), RequireToken({ scope: 'a' }))
  Next()(prototype, 'pass', 0)
  UseGuards(TokenGuard)(FirstController)
  Controller()(FirstController)
  const { origin } = await start(createModule({ imports: [byClient], controllers: [FirstController, createMarked()] }))
  expect((await get(`${origin}/of-class`)).status).toBe(401)
  expect((await get(`${origin}/of-class`, 'token')).status).toBe(500)
})

test('@UseGuards(TokenGuard) works in a module that does not import the module, and that is not global', async () => {
  const feature = createModule({ controllers: [createMarked(TokenGuard)] })
  const { origin } = await start(createModule({ imports: [byClient, feature] }))
  expect((await get(`${origin}/only`)).status).toBe(401)
  expect((await get(`${origin}/only`, 'token')).status).toBe(200)
})

describe('a module whose controller injects the guard', () => {
  test('imports the dynamic module that the root imports', async () => {
    const feature = createModule({ imports: [byClient], controllers: [createController()] })
    const { app, origin } = await start(createModule({ imports: [byClient, feature] }))
    expect((await get(`${origin}/list`, 'token')).status).toBe(200)
    expect(app.get(IntrospectionClient, { strict: false, each: true })).toHaveLength(1)
  })

  test('cannot import the bare class', async () => {
    const feature = createModule({ imports: [TokenIntrospectionModule], controllers: [createController()] })
    await expect(start(createModule({ imports: [byClient, feature] }))).rejects.toThrow('TokenIntrospectionModule')
  })
})

describe('the client', () => {
  test('is closed when the application shuts down, and the next application has another one', async () => {
    const root = createModule({ imports: [byClient], controllers: [createController()] })
    const first = await start(root)
    const introspection = first.app.get(IntrospectionClient)
    await first.app.close()
    await expect(introspection.introspect('token')).rejects.toThrow('closed')
    const second = await start(root)
    expect(second.app.get(IntrospectionClient)).not.toBe(introspection)
    expect((await get(`${second.origin}/list`, 'token')).status).toBe(200)
  })

  test('is not closed when it is yours', async () => {
    const introspection = new IntrospectionClient(client)
    const imports = [TokenIntrospectionModule.forRoot({ introspection })]
    const { app, origin } = await start(createModule({ imports, controllers: [createController()] }))
    expect((await get(`${origin}/list`, 'token')).status).toBe(200)
    await app.close()
    expect(await introspection.introspect('token')).toMatchObject({ active: true })
  })
})

test('options of the guard hold for every route', async () => {
  const imports = [TokenIntrospectionModule.forRoot({ client, guard: { check: () => false } })]
  const { origin } = await start(createModule({ imports, controllers: [createController()] }))
  expect((await get(`${origin}/list`, 'token')).status).toBe(403)
})

describe('wrong options', () => {
  const other = new IntrospectionClient(client)

  test.each<[string, object]>([
    ['clients', { clients: client }],
    ['client', {}],
    ['client', { client, introspection: other }],
    ['introspection', { introspection: client }],
    ['global', { client, global: 'yes' }],
  ])('%s is named when the module is made', (name, options) => {
    expect(() => TokenIntrospectionModule.forRoot(options)).toThrow(new RegExp(`^TokenIntrospectionModule\\.${name}: `))
  })

  test.each<[string, object]>([
    ['useFactory', {}],
    ['useFactory', { useFactory: client }],
    ['factory', { useFactory, factory: useFactory }],
  ])('%s of forRootAsync is named when the module is made', (name, options) => {
    expect(() => TokenIntrospectionModule.forRootAsync(options as never)).toThrow(
      new RegExp(`^TokenIntrospectionModule\\.${name}: `),
    )
  })

  test.each<[string, object]>([
    ['TokenIntrospectionModule.client', {}],
    ['TokenIntrospectionModule.global', { client, global: true }],
    ['issuer', { client: { ...client, endpoint: undefined } }],
    ['tokenGuard.requestOf', { client, requestOf: 'request' }],
  ])('%s of what a factory returns keeps the application from starting', async (name, options) => {
    const imports = [TokenIntrospectionModule.forRootAsync({ useFactory: () => options })]
    await expect(start(createModule({ imports }))).rejects.toThrow(name)
  })
})
