import {
  type Anonymity,
  combineIssuers,
  createProtectedResource,
  type Guard,
  type IntrospectionClient,
  type IntrospectionResult,
  type OptionalGuard,
  type Refusal,
} from '@token-introspection/client'
import { describe, expectTypeOf, test } from 'vitest'

interface KeycloakClaims {
  realm: string
}

interface PartnerClaims {
  tenant: number
}

declare const keycloak: IntrospectionClient<KeycloakClaims>
declare const partner: IntrospectionClient<PartnerClaims>
declare const plain: IntrospectionClient
declare const request: Request

const introspection = combineIssuers({ issuers: { keycloak, partner } })

describe('combineIssuers', () => {
  test('has the claims of the issuer that a decision names', async () => {
    const decision = await introspection.guard({ audience: 'x' })(request)
    if (!decision.allowed) {
      expectTypeOf(decision).toEqualTypeOf<Refusal>()
      return
    }
    expectTypeOf(decision.issuer).toEqualTypeOf<'keycloak' | 'partner'>()
    expectTypeOf(decision.token.sub).toEqualTypeOf<string | undefined>()
    if (decision.issuer === 'keycloak') expectTypeOf(decision.token.realm).toEqualTypeOf<string>()
    else expectTypeOf(decision.token.tenant).toEqualTypeOf<number>()
  })

  test('has no claims before the issuer is known', async () => {
    const decision = await introspection.guard({ audience: 'x' })(request)
    // @ts-expect-error the token may be from the other issuer
    if (decision.allowed) expectTypeOf(decision.token.realm).toEqualTypeOf<string>()
  })

  test('gives guards that adapters accept', () => {
    expectTypeOf(introspection.guard({ audience: 'x' })).toExtend<Guard<KeycloakClaims | PartnerClaims>>()
    expectTypeOf(introspection.guard({ audience: 'x' })).toExtend<Guard>()
    expectTypeOf(introspection.guard({ audience: 'x', optional: true })).toExtend<OptionalGuard>()
    expectTypeOf(introspection.guard({ audience: 'x', optional: true })).not.toExtend<Guard>()
  })

  test('may have no token when the guard is optional', async () => {
    const decision = await introspection.guard({ audience: 'x', optional: true })(request)
    if (!decision.allowed) return
    if (decision.token === undefined) expectTypeOf(decision).toEqualTypeOf<Anonymity>()
    else expectTypeOf(decision.issuer).toEqualTypeOf<'keycloak' | 'partner'>()
  })

  test('introspects and counts by the name of the issuer', () => {
    expectTypeOf(introspection.introspect('a')).resolves.toEqualTypeOf<
      IntrospectionResult<KeycloakClaims | PartnerClaims>
    >()
    expectTypeOf(introspection.issuerOf('a')).toEqualTypeOf<'keycloak' | 'partner' | undefined>()
    expectTypeOf(introspection.statistics().partner.hits).toEqualTypeOf<number>()
  })

  test('has the claims of issuers that are found at run time', async () => {
    const found = combineIssuers<KeycloakClaims>({ find: () => undefined })
    expectTypeOf(found.introspect('a')).resolves.toEqualTypeOf<IntrospectionResult<KeycloakClaims>>()
    const decision = await found.guard({ audience: 'urn:a' })(new Request('https://api.example.com'))
    if (!decision.allowed) return
    expectTypeOf(decision.issuer).toEqualTypeOf<string>()
    expectTypeOf(decision.token.realm).toEqualTypeOf<string>()
    expectTypeOf(found.guard({ audience: 'urn:a' })).toExtend<Guard<KeycloakClaims>>()
    const orders = createProtectedResource({ resource: 'urn:a', authorizationServers: ['https://as.example.com'] })
    expectTypeOf(orders.guard(found)).toExtend<Guard<KeycloakClaims>>()
    // @ts-expect-error find needs settings of a client
    void (() => combineIssuers({ find: () => ({ isuer: 'a' }) }))
  })

  test('accepts only the names of its issuers', () => {
    const issuers = { keycloak, plain }
    expectTypeOf(combineIssuers({ issuers, fallback: 'plain' }).issuerOf('a')).toEqualTypeOf<
      'keycloak' | 'plain' | undefined
    >()
    combineIssuers({ issuers, prefixes: { keycloak: 'a' }, route: () => 'plain' })
    // @ts-expect-error no such issuer
    void (() => combineIssuers({ issuers, fallback: 'other' }))
    // @ts-expect-error no such issuer
    void (() => combineIssuers({ issuers, prefixes: { other: 'a' } }))
    // @ts-expect-error no such issuer
    void (() => combineIssuers({ issuers, route: () => 'other' }))
    // @ts-expect-error no such issuer
    void (() => introspection.guard({ audience: 'x', issuers: { other: {} } }))
    // @ts-expect-error this option is for all issuers
    void (() => introspection.guard({ audience: 'x', issuers: { partner: { realm: 'x' } } }))
    // @ts-expect-error no such issuer
    void (() => combineIssuers({ issuers: { a: {} } }))
  })

  test('watches by a policy that may differ by issuer', () => {
    const until = new AbortController().signal
    const policy = { audience: 'x', issuers: { partner: { scope: 'y' } } }
    expectTypeOf(introspection.watch('a', { policy, until })).toEqualTypeOf<AbortSignal>()
    expectTypeOf(plain.watch('a', { policy: { audience: 'x' }, until })).toEqualTypeOf<AbortSignal>()
    // @ts-expect-error until is required
    void (() => plain.watch('a', { policy: { audience: 'x' } }))
    // @ts-expect-error the token is required
    void (() => plain.watch('a', { policy: { audience: 'x', optional: true }, until }))
  })
})
