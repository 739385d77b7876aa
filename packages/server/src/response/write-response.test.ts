import { INACTIVE, type IntrospectionResponse } from '@token-introspection/core'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import type { HttpResponse } from '../http/http-message.ts'
import { resolveJwtResponse } from './jwt-response-options.ts'
import type { Answer } from './answer.ts'
import { RESPONSE_HEADERS, REVOKED_RESPONSE, writeResponse } from './write-response.ts'

const now = 1_764_000_000
const JSON_TYPE = 'application/json'
const JWT_TYPE = 'application/token-introspection+jwt'
const active: IntrospectionResponse = { active: true, sub: 'é' }
const caller: ProtectedResource = { id: 'orders-api', clientSecrets: ['s3cr3t'] }
const jwtOnly: ProtectedResource = { ...caller, requireJwtResponse: true }
const jwt = resolveJwtResponse(
  { keys: [{ alg: 'ES256', kid: 'k', sign: () => Promise.resolve(new Uint8Array(64)) }], defaultSigningAlg: 'ES256' },
  { issuer: 'https://as.example.com', timeoutMs: 50, now: () => now, jwks: { load: () => ({ keys: [] }) } },
)

function received(mediaType: typeof JSON_TYPE | typeof JWT_TYPE, accept: string = mediaType) {
  const header = (name: string) => (name === 'accept' ? accept : undefined)
  return { mediaType, http: { method: 'POST', header, readBody: () => '' } }
}

function toAnswer(response: IntrospectionResponse): Answer {
  return { response, written: undefined }
}

function writeJson(response: IntrospectionResponse): HttpResponse {
  return writeResponse(toAnswer(response), received(JSON_TYPE), caller, { jwt }) as HttpResponse
}

describe('JSON', () => {
  test('writes an active response', () => {
    expect(writeJson(active)).toEqual({ status: 200, headers: RESPONSE_HEADERS, body: '{"active":true,"sub":"é"}' })
  })

  test('writes an answer once, and then again as it is', () => {
    const answer = toAnswer({ ...active })
    const first = writeResponse(answer, received(JSON_TYPE), caller, { jwt }) as HttpResponse
    expect(writeResponse(answer, received(JSON_TYPE), caller, { jwt })).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
  })

  test('writes one inactive response, whatever else stands in it', () => {
    const inactive = { active: false, sub: 'alice', exp: 1 } as const
    expect(writeJson(inactive)).toBe(writeJson(INACTIVE))
    expect(writeJson(inactive).body).toBe('{"active":false}')
  })

  test('shares nothing that a framework could change', () => {
    expect(Object.isFrozen(writeJson(INACTIVE))).toBe(true)
    expect(Object.isFrozen(RESPONSE_HEADERS)).toBe(true)
    expect(Object.isFrozen(REVOKED_RESPONSE)).toBe(true)
    expect(Object.isFrozen(REVOKED_RESPONSE.headers)).toBe(true)
  })

  test('signs nothing for who is registered with an algorithm and takes JSON', () => {
    const registered = { ...caller, introspectionSignedResponseAlg: 'ES256' } as const
    expect(writeResponse(toAnswer(active), received(JSON_TYPE), registered, { jwt })).toMatchObject({
      body: '{"active":true,"sub":"é"}',
    })
  })
})

describe('JWT', () => {
  test('writes what was negotiated, with the header fields of any answer', async () => {
    const response = await writeResponse(toAnswer(active), received(JWT_TYPE), caller, { jwt })
    expect(response).toMatchObject({ status: 200, headers: { ...RESPONSE_HEADERS, 'content-type': JWT_TYPE } })
    expect(decodeJwt(response.body)['token_introspection']).toEqual(active)
  })

  test('writes an inactive response alone, whatever else stands in it', async () => {
    const inactive = { active: false, sub: 'alice' } as const
    const response = await writeResponse(toAnswer(inactive), received(JWT_TYPE), caller, { jwt })
    expect(decodeJwt(response.body)['token_introspection']).toEqual({ active: false })
  })

  test.each(['*/*', '', 'application/*', `${JSON_TYPE}, ${JWT_TYPE};q=0.1`])(
    'is what who requires it gets for Accept: %s',
    async (accept) => {
      const response = await writeResponse(toAnswer(active), received(JSON_TYPE, accept), jwtOnly, { jwt })
      expect(response.headers['content-type']).toBe(JWT_TYPE)
    },
  )

  test.each([JSON_TYPE, `${JWT_TYPE};q=0, */*`, 'text/html'])('is required, and not acceptable by %s', (accept) => {
    for (const response of [active, INACTIVE]) {
      expect(() => writeResponse(toAnswer(response), received(JSON_TYPE, accept), jwtOnly, { jwt })).toThrow(
        expect.objectContaining({ code: 'ERR_REQUEST_NOT_ACCEPTABLE' }) as Error,
      )
    }
  })

  test('is required, and cannot be made', () => {
    expect(() => writeResponse(toAnswer(active), received(JSON_TYPE, '*/*'), jwtOnly, { jwt: undefined })).toThrow(
      expect.objectContaining({ code: 'ERR_RESPONSE_SIGNING' }) as Error,
    )
  })
})
