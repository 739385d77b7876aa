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

  test('writes an answer once, and then returns the same response', () => {
    const answer = toAnswer({ ...active })
    const first = writeResponse(answer, received(JSON_TYPE), caller, { jwt }) as HttpResponse
    expect(writeResponse(answer, received(JSON_TYPE), caller, { jwt })).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
  })

  test('writes the same inactive response, whatever other members it has', () => {
    const inactive = { active: false, sub: 'alice', exp: 1 } as const
    expect(writeJson(inactive)).toBe(writeJson(INACTIVE))
    expect(writeJson(inactive).body).toBe('{"active":false}')
  })

  test('shares no object that a framework could change', () => {
    expect(Object.isFrozen(writeJson(INACTIVE))).toBe(true)
    expect(Object.isFrozen(RESPONSE_HEADERS)).toBe(true)
    expect(Object.isFrozen(REVOKED_RESPONSE)).toBe(true)
    expect(Object.isFrozen(REVOKED_RESPONSE.headers)).toBe(true)
  })

  test('does not sign for a protected resource that registers an algorithm and accepts JSON', () => {
    const registered = { ...caller, introspectionSignedResponseAlg: 'ES256' } as const
    expect(writeResponse(toAnswer(active), received(JSON_TYPE), registered, { jwt })).toMatchObject({
      body: '{"active":true,"sub":"é"}',
    })
  })
})

describe('JWT', () => {
  test('writes the negotiated media type, with the usual header fields', async () => {
    const response = await writeResponse(toAnswer(active), received(JWT_TYPE), caller, { jwt })
    expect(response).toMatchObject({ status: 200, headers: { ...RESPONSE_HEADERS, 'content-type': JWT_TYPE } })
    expect(decodeJwt(response.body)['token_introspection']).toEqual(active)
  })

  test('writes only the inactive status, whatever other members there are', async () => {
    const inactive = { active: false, sub: 'alice' } as const
    const response = await writeResponse(toAnswer(inactive), received(JWT_TYPE), caller, { jwt })
    expect(decodeJwt(response.body)['token_introspection']).toEqual({ active: false })
  })

  test.each(['*/*', '', 'application/*', `${JSON_TYPE}, ${JWT_TYPE};q=0.1`])(
    'is what a protected resource that requires it gets for Accept: %s',
    async (accept) => {
      const response = await writeResponse(toAnswer(active), received(JSON_TYPE, accept), jwtOnly, { jwt })
      expect(response.headers['content-type']).toBe(JWT_TYPE)
    },
  )

  test.each([JSON_TYPE, `${JWT_TYPE};q=0, */*`, 'text/html'])('is required, but Accept: %s excludes it', (accept) => {
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
