/** The schema sets the type of extension claims in the record and in the store. */
import type { DatabaseSync } from 'node:sqlite'
import type { ALBHandler, APIGatewayProxyHandler, APIGatewayProxyHandlerV2, LambdaFunctionURLHandler } from 'aws-lambda'
import { describe, expectTypeOf, test } from 'vitest'
import { toLambdaHandler } from '../src/adapters/lambda.ts'
import { createSqliteTokenStore, type SqliteDatabase, type SqliteTokenStore } from '../src/stores/sqlite/index.ts'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationHandler,
  type IntrospectionHandler,
  type IntrospectionHandlerOptions,
  type MemoryTokenStore,
  type OnEvent,
  type RevocableTokenStore,
  type RevocationHandlerEvent,
  type TokenRecord,
  type TokenStore,
  type WritableTokenStore,
} from '../src/index.ts'
import { type Claims, claimsSchema } from './claims.ts'

const common = {
  issuer: 'https://as.example.com',
  clientAuthentication: { protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'] }] },
} as const

describe('TokenRecord', () => {
  test('has the claims of its type argument', () => {
    expectTypeOf<TokenRecord<Claims>['claims']>().toEqualTypeOf<Claims | undefined>()
    expectTypeOf<TokenRecord['claims']>().toEqualTypeOf<object | undefined>()
    expectTypeOf<TokenRecord['kind']>().toEqualTypeOf<'access_token' | 'refresh_token'>()
    expectTypeOf<TokenRecord['amr']>().toEqualTypeOf<readonly string[] | undefined>()
    expectTypeOf<TokenRecord['sid']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<TokenRecord['exp']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<TokenRecord['aud']>().toEqualTypeOf<string | string[] | undefined>()
  })

  test('needs its kind, and claims of the right type', () => {
    expectTypeOf<{ sub: string }>().not.toExtend<TokenRecord>()
    expectTypeOf<{ kind: 'id_token' }>().not.toExtend<TokenRecord>()
    expectTypeOf<{ kind: 'access_token'; exp: Date }>().not.toExtend<TokenRecord>()
    expectTypeOf<{ kind: 'access_token'; claims: { tenant: string } }>().toExtend<TokenRecord<Claims>>()
    expectTypeOf<{ kind: 'access_token'; claims: { tenant: number } }>().not.toExtend<TokenRecord<Claims>>()
    expectTypeOf<{ kind: 'access_token'; claims: object }>().not.toExtend<TokenRecord<Claims>>()
  })
})

describe('token stores', () => {
  test('are generic in the claims', () => {
    const store = createMemoryTokenStore<Claims>()
    expectTypeOf(store).toEqualTypeOf<MemoryTokenStore<Claims>>()
    expectTypeOf(store).toExtend<WritableTokenStore<Claims>>()
    expectTypeOf<ReturnType<typeof store.find>>().toEqualTypeOf<TokenRecord<Claims> | null>()
    expectTypeOf<Parameters<typeof store.save>[1]>().toEqualTypeOf<TokenRecord<Claims>>()
    expectTypeOf<TokenStore<{ plan: number }>>().not.toExtend<TokenStore<Claims>>()
    expectTypeOf<TokenStore<Claims>>().toExtend<TokenStore>()
  })

  test('refuse to save other claims', () => {
    const store = createMemoryTokenStore<Claims>()
    void store.save('a', { kind: 'access_token', claims: { tenant: 'acme' } })
    // @ts-expect-error the tenant is a string
    void store.save('a', { kind: 'access_token', claims: { tenant: 7 } })
    // @ts-expect-error the tenant is missing
    void store.save('a', { kind: 'access_token', claims: {} })
  })
})

describe('createIntrospectionHandler', () => {
  test('takes a store whose claims are those of the schema', () => {
    const handler = createIntrospectionHandler({
      ...common,
      claims: claimsSchema(),
      lookup: { store: createMemoryTokenStore<Claims>() },
    })
    expectTypeOf(handler).toEqualTypeOf<IntrospectionHandler>()
    expectTypeOf(handler).parameters.toEqualTypeOf<[Request]>()
    expectTypeOf(handler).returns.toEqualTypeOf<Promise<Response>>()
  })

  test('refuses a store of other claims', () => {
    createIntrospectionHandler({
      ...common,
      // @ts-expect-error the store has a plan and no tenant
      claims: claimsSchema(),
      lookup: { store: createMemoryTokenStore<{ plan: number }>() },
    })
    createIntrospectionHandler<Claims>({
      ...common,
      // @ts-expect-error the store has a plan and no tenant
      lookup: { store: createMemoryTokenStore<{ plan: number }>() },
    })
    expectTypeOf<IntrospectionHandlerOptions<{ plan: number }>>().not.toExtend<IntrospectionHandlerOptions<Claims>>()
  })

  test('refuses options that are unknown, missing or of another type', () => {
    const lookup = { store: createMemoryTokenStore() }
    // @ts-expect-error the issuer is missing
    createIntrospectionHandler({ clientAuthentication: common.clientAuthentication, lookup })
    // @ts-expect-error there is no such method
    createIntrospectionHandler({ ...common, clientAuthentication: { methods: ['none'] }, lookup })
    // @ts-expect-error there is no such option
    createIntrospectionHandler({ ...common, lookup, cache: {} })
  })

  test('passes events to the observer by their type', () => {
    type Event = Parameters<OnEvent>[0]
    expectTypeOf<Extract<Event, { type: 'introspected' }>['active']>().toEqualTypeOf<boolean>()
    expectTypeOf<Extract<Event, { type: 'refused' }>['error']['code']>().toEqualTypeOf<`ERR_${string}`>()
    expectTypeOf<Extract<Event, { type: 'unexpected' }>['error']>().toEqualTypeOf<unknown>()
    expectTypeOf<Extract<Event, { status: number }>['type']>().toEqualTypeOf<'refused' | 'unexpected'>()
  })
})

describe('createRevocationHandler', () => {
  const clientAuthentication = { clients: [{ id: 'web', clientSecrets: ['s3cr3t'] }] }

  test('accepts every store that can revoke, whatever its claims, and no other', () => {
    createRevocationHandler({ clientAuthentication, lookup: { store: createMemoryTokenStore<Claims>() } })
    expectTypeOf<WritableTokenStore<Claims>>().toExtend<RevocableTokenStore>()
    expectTypeOf<TokenStore>().not.toExtend<RevocableTokenStore>()
    // @ts-expect-error the store cannot revoke
    void (() => createRevocationHandler({ clientAuthentication, lookup: { store: { find: () => null } } }))
  })

  test('passes revocation events to its observer', () => {
    createRevocationHandler({
      clientAuthentication,
      lookup: { store: createMemoryTokenStore() },
      onEvent: (event) => expectTypeOf(event).toEqualTypeOf<RevocationHandlerEvent>(),
    })
    expectTypeOf<RevocationHandlerEvent['type']>().toEqualTypeOf<
      'revoked' | 'basic-read' | 'refused' | 'unexpected' | 'warning'
    >()
  })
})

describe('createSqliteTokenStore', () => {
  test('accepts a database of node:sqlite, and is generic in the claims', () => {
    expectTypeOf<DatabaseSync>().toExtend<SqliteDatabase>()
    expectTypeOf(createSqliteTokenStore<Claims>).returns.toEqualTypeOf<SqliteTokenStore<Claims>>()
    expectTypeOf<SqliteTokenStore<Claims>>().toExtend<WritableTokenStore<Claims>>()
  })
})

test('toLambdaHandler makes a handler for each service of AWS', () => {
  expectTypeOf(toLambdaHandler).returns.toExtend<LambdaFunctionURLHandler>()
  expectTypeOf(toLambdaHandler).returns.toExtend<APIGatewayProxyHandlerV2>()
  expectTypeOf(toLambdaHandler).returns.toExtend<APIGatewayProxyHandler>()
  expectTypeOf(toLambdaHandler).returns.toExtend<ALBHandler>()
})
