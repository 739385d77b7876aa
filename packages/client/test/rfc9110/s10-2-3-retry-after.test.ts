import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expect, test, vi } from 'vitest'
import { oneRequest } from '../one-request.ts'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const client = new IntrospectionClient({
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('api', 'secret'),
  transport: oneRequest,
})
const guard = client.guard({ audience: false })
const request = () => new Request('https://api.example.com', { headers: { authorization: 'Bearer abc' } })

test.each([
  [429, 'ERR_TRANSPORT_RATE_LIMITED'],
  [503, 'ERR_TRANSPORT_STATUS'],
])('ERR-16 tells the caller how long %i lasts, in seconds', async (status, code) => {
  as.answer({}, { status, headers: { 'retry-after': '30' } })
  const error: unknown = await client.introspect('abc').catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code, retryable: true, retryAfterSeconds: 30 })
})

test.each([
  ['30', '30'],
  ['0', '0'],
  ['1000000000', '3600'],
  ['Fri, 31 Dec 1999 23:59:59 GMT', '0'],
  ['Fri, 20 Nov 2026 12:00:30 GMT', '30'],
  ['Fri, 20 Nov 2036 12:00:30 GMT', '3600'],
  ['-1', undefined],
  ['NaN', undefined],
  ['soon', undefined],
])('ERR-16 a guard passes %o on as %o', async (field, passedOn) => {
  vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-20T12:00:00Z'))
  as.answer({}, { status: 503, headers: { 'retry-after': field } })
  const decision = await guard(request())
  expect(decision).toMatchObject({ allowed: false, status: 503 })
  expect(!decision.allowed && decision.headers['retry-after']).toBe(passedOn)
})
