import { INACTIVE, REGISTERED_MEMBERS } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { type ResponseStep, shapeResponse } from './shape-response.ts'

const step: ResponseStep = {
  issuer: 'https://as.example.com',
  claims: undefined,
  challenge: 'Basic realm="x"',
  retryAfterSeconds: 1,
}
const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const defaulted = { active: true, token_type: 'Bearer', iss: step.issuer }

/** Every registered member, in its registered type. */
const everything = {
  scope: 'orders:read',
  client_id: 'web',
  username: 'alice',
  token_type: 'DPoP',
  exp: 3,
  iat: 1,
  nbf: 2,
  sub: 'alice',
  aud: ['a', 'b'],
  iss: 'https://other.example.com',
  jti: 'id-1',
  cnf: { jkt },
  act: { sub: 'gateway' },
  may_act: { sub: 'gateway' },
  acr: 'silver',
  auth_time: 1,
  authorization_details: [{ type: 'payment' }],
  permissions: [{ resource_id: 'r', resource_scopes: ['view'] }],
  vot: 'P1',
  vtm: 'https://as.example.com/vot',
  ace_profile: 'coap_dtls',
  cnonce: 'AAAA',
  cti: 'AAAA',
  exi: 60,
}

function shape(members: object): ReturnType<typeof shapeResponse> {
  return shapeResponse({ kind: 'access_token', ...members }, step)
}

describe('shapeResponse', () => {
  test('makes no record the one inactive response', async () => {
    expect(await shapeResponse(undefined, step)).toBe(INACTIVE)
  })

  test('discloses every registered member a record has', async () => {
    expect(Object.keys(everything).toSorted()).toEqual(
      [...REGISTERED_MEMBERS].filter((name) => name !== 'active').toSorted(),
    )
    expect(await shape(everything)).toEqual({ active: true, ...everything })
  })

  test.each<[string, object, object]>([
    ['issuer and token type where the record has none', {}, {}],
    ['no empty scope', { scope: '' }, {}],
    ['no null', { sub: null, aud: null, cnf: null, iss: null, token_type: null, scope: null, claims: null }, {}],
    ['no undefined', { sub: undefined, claims: undefined }, {}],
    ['no kind, no revoked and no name of ours', { revoked: false, passwordHash: 'x', active: false }, {}],
    ['neither grant nor session', { grantId: 'grant-1', sessionId: 'session-1' }, {}],
    ['DPoP where the token is bound to a DPoP key', { cnf: { jkt } }, { token_type: 'DPoP', cnf: { jkt } }],
    ['Bearer where it is bound to a certificate', { cnf: { 'x5t#S256': jkt } }, { cnf: { 'x5t#S256': jkt } }],
    ['the token type of the record', { token_type: 'N_A', cnf: { jkt } }, { token_type: 'N_A', cnf: { jkt } }],
    ['the issuer of the record', { iss: 'https://b.example.com' }, { iss: 'https://b.example.com' }],
    ['extension claims', { claims: { tenant: 'a', list: [null] } }, { tenant: 'a', list: [null] }],
    ['no extension claim with a registered name', { claims: { sub: 'x', active: false, exp: 1 } }, {}],
  ])('gives %s', async (_, members, expected) => {
    const response = await shape(members)
    expect(response).toStrictEqual({ ...defaulted, ...expected })
  })

  test('takes no member from a prototype', async () => {
    const claims = JSON.parse('{"__proto__":{"admin":true},"tenant":"a"}') as object
    const response = await shape({ claims })
    expect((response as { admin?: unknown }).admin).toBeUndefined()
    expect(JSON.stringify(response)).not.toContain('admin')
  })

  test.each<[string, unknown]>([
    ['scope', ['orders:read']],
    ['client_id', 7],
    ['username', {}],
    ['exp', 1_764_000_000_000],
    ['exp', '1764000000'],
    ['iat', 1.5],
    ['nbf', -1],
    ['sub', 42],
    ['aud', ['a', 1]],
    ['iss', true],
    ['jti', 7],
    ['cnf', 'key'],
    ['act', 'gateway'],
    ['authorization_details', {}],
  ])('refuses a record whose %s is %j', async (name, value) => {
    await expect(shape({ [name]: value })).rejects.toMatchObject({
      code: 'ERR_RESPONSE_SHAPE',
      message: expect.stringContaining(name) as unknown,
      cause: { code: 'ERR_RESPONSE_MALFORMED' },
    })
  })

  test('does not hide a schema that throws', async () => {
    const thrown = new Error('a bug')
    const claims: ResponseStep['claims'] = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate() {
          throw thrown
        },
      },
    }
    await expect(shapeResponse({ kind: 'access_token' }, { ...step, claims })).rejects.toBe(thrown)
  })
})
