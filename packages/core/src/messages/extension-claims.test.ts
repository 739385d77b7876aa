import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { type ClaimsSchema, extensionClaims, validateExtensionClaims } from './extension-claims.ts'
import type { ActiveIntrospectionResponse } from './introspection-response.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
const response: ActiveIntrospectionResponse = {
  active: true,
  sub: 'jdoe',
  scope: 'read',
  tenant: 'acme',
  roles: [secret],
}

function schemaOf<Claims extends object>(
  validate: ClaimsSchema<Claims>['~standard']['validate'],
): ClaimsSchema<Claims> {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

describe('extensionClaims', () => {
  test('are the members that the registry does not define', () => {
    expect(extensionClaims(response)).toEqual({ tenant: 'acme', roles: [secret] })
  })

  test('leave out functions, because JSON.stringify would call one named toJSON', () => {
    expect(extensionClaims({ tenant: 'acme', toJSON: () => ({ active: true, sub: 'eve' }) })).toEqual({
      tenant: 'acme',
    })
  })

  test('have the usual prototype', () => {
    const members = JSON.parse('{"active":true,"__proto__":{"role":"admin"},"constructor":1}') as Record<
      string,
      unknown
    >
    const claims = extensionClaims(members)
    expect(claims['role']).toBeUndefined()
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
    expect(Object.entries(claims)).toEqual([['constructor', 1]])
  })
})

describe('validateExtensionClaims', () => {
  test('puts the output of the schema in place of the claims', async () => {
    const schema = z.object({
      tenant: z.pipe(
        z.string(),
        z.transform((tenant) => tenant.length),
      ),
    })
    expect(await validateExtensionClaims(response, schema)).toEqual({ ...response, tenant: 4 })
  })

  test('waits for an asynchronous schema', async () => {
    const schema = schemaOf((value) => Promise.resolve({ value: { ...(value as object), region: 'eu' } }))
    expect(await validateExtensionClaims(response, schema)).toEqual({ ...response, region: 'eu' })
  })

  test('shows no registered member to the schema, and does not let the schema replace one', async () => {
    const seen: unknown[] = []
    const schema = schemaOf((value) => {
      seen.push(value)
      return { value: { active: false, sub: 'admin', scope: 'all', exp: 1, tenant: 'evil' } }
    })
    expect(await validateExtensionClaims(response, schema)).toEqual({ ...response, tenant: 'evil' })
    expect(seen).toEqual([{ tenant: 'acme', roles: [secret] }])
  })

  test('does not change the response it is given', async () => {
    const given = Object.freeze({ ...response })
    await validateExtensionClaims(
      given,
      schemaOf(() => ({ value: { tenant: 'other' } })),
    )
    expect(given).toEqual(response)
  })

  test.each([
    ['a claim of another type', z.object({ tenant: z.number() }), 'tenant'],
    ['a claim that is missing', z.object({ region: z.string() }), 'region'],
    ['a value deep inside a claim', z.object({ roles: z.array(z.literal('user')) }), 'roles'],
    [
      'several claims',
      z.object({ tenant: z.number(), region: z.string() }),
      'extension claims: tenant is refused (a string); region is missing. Have the authorization server',
    ],
    [
      'one claim several times',
      z.object({ tenant: z.string().check(z.minLength(9), z.regex(/x/)) }),
      /^extension claims: tenant is refused \(a string\)\. /,
    ],
    ['the claims as a whole', schemaOf(() => ({ issues: [{ message: secret }] })), 'claims'],
    ['a path of objects', schemaOf(() => ({ issues: [{ message: secret, path: [{ key: 'tenant' }] }] })), 'tenant'],
    ['a path of symbols', schemaOf(() => ({ issues: [{ message: secret, path: [Symbol('tenant')] }] })), 'tenant'],
  ])('refuses %s, and names the claim but not its value', async (_, schema, name) => {
    const validation = validateExtensionClaims(response, schema)
    await expect(validation).rejects.toThrow(malformed)
    await expect(validation).rejects.toThrow(name)
    await expect(validation).rejects.not.toThrow(secret)
  })
})
