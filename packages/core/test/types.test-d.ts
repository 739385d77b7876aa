import { describe, expectTypeOf, test } from 'vitest'
import * as z from 'zod/mini'
import {
  type ActiveIntrospectionResponse,
  type Actor,
  type Audience,
  type AuthorizationDetails,
  type AuthorizationServerMetadata,
  type activeIntrospectionResponseSchema,
  type Confirmation,
  chooseMediaType,
  type InactiveIntrospectionResponse,
  type IntrospectionRequestParameters,
  type IntrospectionResponse,
  isNumericDate,
  type Permissions,
  parseIntrospectionResponse,
  type RegisteredMembers,
  type TokenTypeHint,
  validateExtensionClaims,
} from '../src/index.ts'

interface Claims {
  tenant: string
  roles: string[]
}

declare const response: IntrospectionResponse<Claims>
declare const plain: IntrospectionResponse

describe('IntrospectionResponse', () => {
  test('narrows by active alone', () => {
    expectTypeOf(response.active).toEqualTypeOf<boolean>()
    if (response.active) expectTypeOf(response).toEqualTypeOf<ActiveIntrospectionResponse<Claims>>()
    else expectTypeOf(response).toEqualTypeOf<InactiveIntrospectionResponse>()
  })

  test('has only active before narrowing and in an inactive answer', () => {
    expectTypeOf<keyof InactiveIntrospectionResponse>().toEqualTypeOf<'active'>()
    // @ts-expect-error an answer that may be inactive has no subject
    void plain.sub
    // @ts-expect-error an answer that may be inactive has no extension claim
    void response.tenant
    // @ts-expect-error an inactive answer may have no other member
    const inactive: InactiveIntrospectionResponse = { active: false, exp: 1 }
    void inactive
  })

  test('gives registered members their registered types', () => {
    if (!plain.active) return
    expectTypeOf(plain.scope).toEqualTypeOf<string | undefined>()
    expectTypeOf(plain.exp).toEqualTypeOf<number | undefined>()
    expectTypeOf(plain.aud).toEqualTypeOf<Audience | undefined>()
    expectTypeOf(plain.cnf).toEqualTypeOf<Confirmation | undefined>()
    expectTypeOf(plain.act).toEqualTypeOf<Actor | undefined>()
    expectTypeOf(plain.authorization_details).toEqualTypeOf<AuthorizationDetails | undefined>()
    expectTypeOf(plain.permissions).toEqualTypeOf<Permissions | undefined>()
    expectTypeOf(plain.cnf?.['x5t#S256']).toEqualTypeOf<string | undefined>()
    expectTypeOf(plain.act?.act?.sub).toEqualTypeOf<string | undefined>()
  })

  test('gives undeclared members the type unknown', () => {
    if (!plain.active) return
    expectTypeOf(plain['extension_field']).toBeUnknown()
    expectTypeOf(plain.cnf?.['other']).toBeUnknown()
    expectTypeOf(plain.act?.['other']).toBeUnknown()
    expectTypeOf(plain.authorization_details?.[0]?.['instructedAmount']).toBeUnknown()
  })

  test('types the extension claims, and leaves the other members unknown', () => {
    if (!response.active) return
    expectTypeOf(response.tenant).toEqualTypeOf<string>()
    expectTypeOf(response.roles).toEqualTypeOf<string[]>()
    expectTypeOf(response.sub).toEqualTypeOf<string | undefined>()
    expectTypeOf(response['other']).toBeUnknown()
  })

  test('takes every registered member as it stands in an object literal', () => {
    expectTypeOf<{ active: true; sub: string; aud: string[] }>().toExtend<ActiveIntrospectionResponse>()
    expectTypeOf<{ active: true; exp: string }>().not.toExtend<ActiveIntrospectionResponse>()
    expectTypeOf<{ active: string }>().not.toExtend<IntrospectionResponse>()
    expectTypeOf<{ active: true; tenant: string }>().not.toExtend<ActiveIntrospectionResponse<Claims>>()
  })
})

describe('schema and type', () => {
  test('name the same members with the same types', () => {
    type Output = z.output<typeof activeIntrospectionResponseSchema>
    expectTypeOf<Output>().toExtend<ActiveIntrospectionResponse>()
    expectTypeOf<keyof (typeof activeIntrospectionResponseSchema)['shape']>().toEqualTypeOf<
      'active' | keyof RegisteredMembers
    >()
  })

  test('parseIntrospectionResponse returns the response without extension claims', () => {
    expectTypeOf(parseIntrospectionResponse).toEqualTypeOf<(value: unknown) => IntrospectionResponse>()
  })
})

describe('validateExtensionClaims', () => {
  test('takes the claims from the schema', () => {
    const schema = z.object({ tenant: z.string(), level: z.pipe(z.string(), z.transform(Number)) })
    const active = {} as ActiveIntrospectionResponse
    const validated = validateExtensionClaims(active, schema)
    expectTypeOf(validated).resolves.toEqualTypeOf<ActiveIntrospectionResponse<{ tenant: string; level: number }>>()
    // @ts-expect-error extension claims must be an object
    void validateExtensionClaims(active, z.string())
  })
})

describe('the smaller types', () => {
  test('a hint is any string, and editors suggest the registered hints', () => {
    expectTypeOf<'access_token'>().toExtend<TokenTypeHint>()
    expectTypeOf<string>().toExtend<TokenTypeHint>()
    expectTypeOf<number>().not.toExtend<TokenTypeHint>()
  })

  test('a request needs a token, and every parameter is a string', () => {
    expectTypeOf<{ token: string; resource: string }>().toExtend<IntrospectionRequestParameters>()
    expectTypeOf<{ token_type_hint: string }>().not.toExtend<IntrospectionRequestParameters>()
    expectTypeOf<{ token: string; max: number }>().not.toExtend<IntrospectionRequestParameters>()
  })

  test('a chosen media type is one of the offered ones', () => {
    const chosen = chooseMediaType('*/*', ['a/b', 'c/d'])
    expectTypeOf(chosen).toEqualTypeOf<'a/b' | 'c/d' | undefined>()
  })

  test('type guards narrow the value', () => {
    const value = 1 as unknown
    if (isNumericDate(value)) expectTypeOf(value).toEqualTypeOf<number>()
  })

  test('undeclared metadata members are unknown', () => {
    expectTypeOf<AuthorizationServerMetadata['introspection_endpoint']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<AuthorizationServerMetadata['signed_metadata']>().toBeUnknown()
  })
})
