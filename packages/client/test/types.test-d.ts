import {
  type ActiveIntrospectionResult,
  type Allowance,
  type ClientAuthentication,
  clientSecretBasic,
  type FailedEvent,
  type Fetch,
  type ClientGuard,
  type Guard,
  type GuardDecision,
  type GuardRequest,
  IntrospectionClient,
  type IntrospectionClientOptions,
  type IntrospectionResult,
  type Refusal,
  type RefusalReason,
  type Send,
} from '@token-introspection/client'
import { nodeGuard } from '@token-introspection/client/node'
import { auth0, okta } from '@token-introspection/client/providers'
import type { ClaimsSchema } from '@token-introspection/core'
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import { describe, expectTypeOf, test } from 'vitest'

interface Claims {
  tenant: string
  roles: readonly string[]
}

declare const result: IntrospectionResult
declare const decision: GuardDecision
declare const claims: ClaimsSchema<Claims>
declare const clientAuthentication: ClientAuthentication

const plain = new IntrospectionClient({ issuer: 'https://as.example.com', clientAuthentication })
const typed = new IntrospectionClient({ issuer: 'https://as.example.com', clientAuthentication, claims })

describe('IntrospectionResult', () => {
  test('narrows on active', () => {
    if (result.active) {
      expectTypeOf(result).toEqualTypeOf<ActiveIntrospectionResult>()
      expectTypeOf(result.sub).toEqualTypeOf<string | undefined>()
      expectTypeOf(result.exp).toEqualTypeOf<number | undefined>()
      expectTypeOf(result.aud).toEqualTypeOf<string | string[] | undefined>()
      expectTypeOf(result['urn:own']).toEqualTypeOf<unknown>()
    } else {
      expectTypeOf(result).toEqualTypeOf<{ readonly active: false }>()
    }
  })

  test('has no member before narrowing', () => {
    // @ts-expect-error an inactive result has no sub
    void result.sub
  })

  test('cannot be changed', () => {
    if (!result.active) return
    // @ts-expect-error the object is shared
    result.sub = 'admin'
    // @ts-expect-error the object is shared
    result['tenant'] = 'other'
  })

  test('has the claims of the schema', async () => {
    const token = await typed.introspect('abc')
    expectTypeOf(token).toEqualTypeOf<IntrospectionResult<Claims>>()
    if (token.active) {
      expectTypeOf(token.tenant).toEqualTypeOf<string>()
      expectTypeOf(token.roles).toEqualTypeOf<readonly string[]>()
      expectTypeOf(token.scope).toEqualTypeOf<string | undefined>()
    }
  })

  test('has claims of an unknown type without a schema', async () => {
    const token = await plain.introspect('abc')
    if (token.active) expectTypeOf(token['tenant']).toEqualTypeOf<unknown>()
  })
})

describe('GuardDecision', () => {
  test('narrows on allowed', () => {
    if (decision.allowed) {
      expectTypeOf(decision).toEqualTypeOf<Allowance>()
      expectTypeOf(decision.token.active).toEqualTypeOf<true>()
    } else {
      expectTypeOf(decision).toEqualTypeOf<Refusal>()
      expectTypeOf(decision.status).toEqualTypeOf<number>()
      expectTypeOf(decision.reason).toEqualTypeOf<RefusalReason>()
      expectTypeOf(decision.toResponse()).toEqualTypeOf<Response>()
    }
  })

  test('has no token before narrowing', () => {
    // @ts-expect-error a refusal has no token
    void decision.token.sub
    // @ts-expect-error an allowance has no response
    void decision.toResponse()
  })

  test('has the claims of the schema', async () => {
    const guard = typed.guard({ audience: 'x' })
    expectTypeOf(guard).toEqualTypeOf<ClientGuard<Claims>>()
    expectTypeOf(guard).toExtend<Guard<Claims>>()
    const decided = await guard(new Request('https://api.example.com'))
    if (decided.allowed) {
      expectTypeOf(decided.token.tenant).toEqualTypeOf<string>()
      expectTypeOf(decided.token.aud).toEqualTypeOf<string | string[] | undefined>()
    }
  })

  test('accepts anything with header fields', () => {
    expectTypeOf<Request>().toExtend<GuardRequest>()
    expectTypeOf<{ headers: Map<string, string> }>().toExtend<GuardRequest>()
    expectTypeOf<{ headers: { authorization: string } }>().not.toExtend<GuardRequest>()
  })
})

test('nodeGuard gives the claims of the schema, or no token', () => {
  const mayRead = nodeGuard(typed.guard({ audience: 'x' }))
  expectTypeOf(mayRead).returns.resolves.toEqualTypeOf<ActiveIntrospectionResult<Claims> | undefined>()
})

describe('options', () => {
  test('are exact', () => {
    const required = { issuer: 'https://as.example.com', clientAuthentication }
    // @ts-expect-error the client authentication is required
    void (() => new IntrospectionClient({ issuer: 'https://as.example.com' }))
    // @ts-expect-error also with a jwt mode that introspects
    void (() => new IntrospectionClient({ issuer: 'https://as.example.com', jwt: { mode: 'local-or-introspect' } }))
    // @ts-expect-error also with a preset of a server with introspection
    void (() => new IntrospectionClient({ provider: okta({ domain: 'acme.okta.com' }) }))
    // @ts-expect-error no such option
    void (() => new IntrospectionClient({ ...required, audiences: 'x' }))
    void (() => new IntrospectionClient({ ...required, audience: ['x', 'y'] }))
    // @ts-expect-error no such option
    void (() => new IntrospectionClient({ ...required, transport: { timeout: 5 } }))
    // @ts-expect-error only false turns the check off
    void (() => plain.guard({ audience: true }))
    // @ts-expect-error only strings
    void (() => plain.guard({ audience: 'x', scope: ['a', 7] }))
    void (() => plain.guard({ audience: 'x', scope: ['a', 'b'] }))
    // @ts-expect-error no such option
    void (() => plain.introspect('abc', { hint: 'access_token' }))
    // @ts-expect-error one value for each parameter
    void (() => plain.introspect('abc', { parameters: { resource: ['a'] } }))
    // @ts-expect-error one of two encodings
    void (() => clientSecretBasic('a', 'b', { encoding: 'base64' }))
  })

  test('need a schema where the type of the claims is named, because nothing else would check them', () => {
    const required = { issuer: 'https://as.example.com', clientAuthentication }
    // @ts-expect-error no schema
    void (() => new IntrospectionClient<Claims>(required))
    // @ts-expect-error no schema, also without introspection
    void (() => new IntrospectionClient<Claims>({ provider: auth0({ domain: 'acme.auth0.com' }) }))
    // @ts-expect-error the schema may be absent
    void ((options: IntrospectionClientOptions<Claims>) => new IntrospectionClient<Claims>(options))
    void (() => new IntrospectionClient<Claims>({ ...required, claims }))
    void ((options: IntrospectionClientOptions) => new IntrospectionClient(options))
  })

  test('need no client authentication without introspection', () => {
    void (() => new IntrospectionClient({ issuer: 'https://as.example.com', jwt: { mode: 'local' } }))
    void (() => new IntrospectionClient({ provider: auth0({ domain: 'acme.auth0.com' }) }))
    const local = new IntrospectionClient({ provider: auth0({ domain: 'acme.auth0.com' }), claims })
    expectTypeOf(local).toEqualTypeOf<IntrospectionClient<Claims>>()
  })

  test('may be undefined when they may be absent', () => {
    expectTypeOf({
      issuer: 'https://as.example.com',
      endpoint: undefined,
      clientAuthentication,
      claims: undefined,
      transport: { fetch: undefined, deadlineMs: undefined },
      policy: { audience: undefined },
    }).toExtend<IntrospectionClientOptions>()
  })

  test('accept the fetch of the runtime and of the fake authorization server', () => {
    expectTypeOf(fetch).toExtend<Fetch>()
    expectTypeOf(createFakeAuthorizationServer().fetch).toExtend<Fetch>()
  })

  test('accept a custom send', () => {
    type TransportOptions = NonNullable<IntrospectionClientOptions['transport']>
    expectTypeOf<TransportOptions['send']>().toEqualTypeOf<Send | undefined>()
    expectTypeOf<Parameters<Send>[0]['cancellation']['signal']>().toEqualTypeOf<AbortSignal>()
    expectTypeOf<Parameters<Send>[0]['body']>().toEqualTypeOf<string | undefined>()
    expectTypeOf(() =>
      Promise.resolve({ status: 200, header: () => undefined, body: new Uint8Array() }),
    ).toExtend<Send>()
    expectTypeOf(() => Promise.resolve(new Response())).not.toExtend<Send>()
  })
})

test('events narrow on type', () => {
  void new IntrospectionClient({
    issuer: 'https://as.example.com',
    clientAuthentication,
    onEvent(event) {
      if (event.type === 'failed') expectTypeOf(event).toEqualTypeOf<FailedEvent>()
      else if (event.type === 'introspected') expectTypeOf(event.active).toEqualTypeOf<boolean>()
    },
  })
})
