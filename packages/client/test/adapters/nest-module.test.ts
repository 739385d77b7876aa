/** The module for Nest, on its real platforms. */
import { Controller, Get, Module, Req, type Type, UseGuards } from '@nestjs/common'
import { APP_GUARD, NestFactory } from '@nestjs/core'
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
