import { describe, expect, test } from 'vitest'
import { customClientAuthentication } from './custom-client-authentication.ts'
import { dangerouslyNoClientAuthentication } from './dangerously-no-client-authentication.ts'

const signRequest = () => ({ 'x-signature': 'abc' })
const method = 'aws_sigv4'

function draft() {
  return { endpoint: 'https://as.example.com', issuer: undefined, headers: {}, parameters: {} }
}

describe('customClientAuthentication', () => {
  test('has only the given functions', async () => {
    const authentication = customClientAuthentication({ method, signRequest })
    const untouched = draft()
    await authentication.authenticate(untouched)
    expect(untouched).toEqual(draft())
    expect(authentication.signRequest?.({ method: 'POST', url: '', headers: {}, body: '' })).toEqual(signRequest())
    expect(authentication).toEqual({
      method,
      clientId: undefined,
      authenticate: expect.any(Function) as unknown,
      signRequest: expect.any(Function) as unknown,
    })
  })

  test.each([
    ['no method', { signRequest }, /^method: /],
    ['no function', { method }, /^authenticate: /],
    ['a signRequest that is not a function', { method, signRequest: {} }, /^signRequest: /],
    ['a renewal that is not a function', { method, signRequest, renew: true }, /^renew: /],
    ['an identifier with a line break', { method, signRequest, clientId: 'a\n' }, /^clientId: /],
    ['an unknown option', { method, signRequest, sign: signRequest }, /^sign: /],
  ])('refuses %s', (_, options, message) => {
    expect(() => customClientAuthentication(options as never)).toThrow(TypeError)
    expect(() => customClientAuthentication(options as never)).toThrow(message)
  })
})

describe('dangerouslyNoClientAuthentication', () => {
  test('sends no parameter, or only the identifier', async () => {
    const [nothing, identifier] = [draft(), draft()]
    await dangerouslyNoClientAuthentication().authenticate(nothing)
    expect(nothing).toEqual(draft())
    await dangerouslyNoClientAuthentication({ clientId: 'api' }).authenticate(identifier)
    expect(identifier).toEqual({ ...draft(), parameters: { client_id: 'api' } })
  })

  test.each([{ clientId: '' }, { clientId: 'a\n' }, { clientID: 'a' }])('refuses %o', (options) => {
    expect(() => dangerouslyNoClientAuthentication(options as never)).toThrow(TypeError)
  })
})
