import type { JsonObject } from '@token-introspection/core'
import { describe, expect, test, vi } from 'vitest'
import type { ClientAuthentication, ClientContext } from './client-authentication.ts'
import { clientCredentials, type ClientCredentialsOptions } from './client-credentials.ts'
import { clientSecretPost } from './client-secret-post.ts'

const issuer = 'https://as.example.com'
const tokenEndpoint = `${issuer}/token`
const clientAuthentication = clientSecretPost('api', 's3cr3t')

function setUp(options: Partial<ClientCredentialsOptions> = {}, answers: JsonObject = {}) {
  const clock = { now: 1_000_000 }
  let count = 0
  const postForm = vi.fn((_url: string, _headers: object, _parameters: Readonly<Record<string, string>>) =>
    Promise.resolve({
      access_token: `token-${++count}`,
      token_type: 'bearer',
      expires_in: 3600,
      ...answers,
    } as JsonObject),
  )
  const findEndpoint = vi.fn(() => Promise.resolve(tokenEndpoint))
  const client: ClientContext = {
    deadlineMs: 2000,
    issuer,
    hasClientCertificate: false,
    now: () => clock.now,
    isEndpoint: (url) => url.startsWith('https:'),
    findEndpoint,
    findSupportedMethods: () => Promise.resolve(undefined),
    postForm,
  }
  const authentication = clientCredentials({ clientAuthentication, ...options }).prepare?.(
    client,
  ) as ClientAuthentication
  async function request() {
    const draft = { endpoint: issuer, issuer, headers: {} as Record<string, string>, parameters: {} }
    await authentication.authenticate(draft)
    return { method: 'POST', url: issuer, headers: draft.headers, body: undefined } as const
  }
  const sent = async () => (await request()).headers['authorization']
  return { clock, client, authentication, postForm, findEndpoint, request, sent }
}

describe('clientCredentials', () => {
  test('asks the token endpoint of the metadata once, for all waiting calls', async () => {
    const { sent, postForm, findEndpoint } = setUp({ scope: 'introspect', parameters: { resource: 'urn:as' } })
    expect(await Promise.all([sent(), sent(), sent()])).toEqual(Array(3).fill('Bearer token-1'))
    expect(await sent()).toBe('Bearer token-1')
    expect(findEndpoint.mock.calls).toEqual([['token_endpoint', 'client_secret_post']])
    expect(postForm.mock.calls).toEqual([
      [
        tokenEndpoint,
        {},
        {
          grant_type: 'client_credentials',
          scope: 'introspect',
          resource: 'urn:as',
          client_id: 'api',
          client_secret: 's3cr3t',
        },
      ],
    ])
  })

  test('uses the configured token endpoint', async () => {
    const { sent, postForm, findEndpoint } = setUp({ tokenEndpoint: 'https://tokens.example.com/' })
    await sent()
    expect(postForm.mock.calls[0]?.[0]).toBe('https://tokens.example.com/')
    expect(findEndpoint).not.toHaveBeenCalled()
  })

  test.each([
    ['30 seconds', 3600, 3570],
    ['a tenth of its lifetime', 60, 54],
  ])('renews a token %s before its expiry, and no call waits for it', async (_, expires_in, renewAfter) => {
    const { clock, sent, postForm } = setUp({}, { expires_in })
    await sent()
    clock.now += renewAfter * 1000 - 1
    await sent()
    expect(postForm).toHaveBeenCalledTimes(1)
    clock.now += 1
    expect(await sent()).toBe('Bearer token-1')
    await expect.poll(() => sent()).toBe('Bearer token-2')
    expect(postForm).toHaveBeenCalledTimes(2)
  })

  test('uses the current token while it cannot be renewed, and tries once a second', async () => {
    const { clock, sent, postForm } = setUp()
    await sent()
    clock.now += 3_580_000
    const down = new Error('the token endpoint is down')
    postForm.mockRejectedValue(down)
    for (let call = 0; call < 10; call++) {
      expect(await sent()).toBe('Bearer token-1')
      await new Promise(setImmediate)
    }
    expect(postForm).toHaveBeenCalledTimes(2)
    clock.now += 20_000
    await expect(sent()).rejects.toBe(down)
  })

  test('a failure is not cached', async () => {
    const { sent, postForm } = setUp()
    postForm.mockRejectedValueOnce(new Error('down'))
    await expect(sent()).rejects.toThrow('down')
    expect(await sent()).toBe('Bearer token-1')
  })

  test('gets a new token after a refusal, once for all refused requests', async () => {
    const { clock, authentication, request, postForm } = setUp()
    const refused = await request()
    clock.now += 1000
    const renewals = await Promise.all([1, 2, 3].map(async () => authentication.renew?.(refused)))
    expect(renewals).toEqual([true, true, true])
    expect(await authentication.renew?.(refused)).toBe(true)
    expect(postForm).toHaveBeenCalledTimes(2)
    expect((await request()).headers['authorization']).toBe('Bearer token-2')
  })

  test('keeps a refused token until there is a new one, because it may be refused for one question only', async () => {
    const { clock, authentication, request, sent, postForm } = setUp()
    const refused = await request()
    clock.now += 1000
    const down = new Error('the token endpoint is down')
    postForm.mockRejectedValue(down)
    await expect(authentication.renew?.(refused)).rejects.toBe(down)
    expect(await sent()).toBe('Bearer token-1')
    // A call whose token is refused gets the reason why there is no new token. The endpoint is asked at most once a
    // second.
    clock.now += 999
    await expect(authentication.renew?.(await request())).rejects.toBe(down)
    expect(postForm).toHaveBeenCalledTimes(2)
    clock.now += 1
    postForm.mockResolvedValueOnce({ access_token: 'token-2', token_type: 'Bearer', expires_in: 3600 })
    expect(await authentication.renew?.(await request())).toBe(true)
    expect(await sent()).toBe('Bearer token-2')
    // The failures have not made later calls wait longer.
    clock.now += 2000
    postForm.mockResolvedValueOnce({ access_token: 'token-3', token_type: 'Bearer', expires_in: 3600 })
    expect(await authentication.renew?.(await request())).toBe(true)
  })

  test('does not renew a refused token that is new', async () => {
    const { clock, authentication, request, postForm } = setUp()
    const refused = await request()
    clock.now += 999
    expect(await authentication.renew?.(refused)).toBe(false)
    expect(postForm).toHaveBeenCalledTimes(1)
  })

  test('renews less and less often while new tokens are refused, and at once when a token has lasted', async () => {
    const { clock, authentication, request, postForm } = setUp()
    let waited = 0
    const renewedAfter: number[] = []
    for (let second = 0; second < 200; second++) {
      const refused = await request()
      clock.now += 1000
      waited += 1
      if ((await authentication.renew?.(refused)) !== true) continue
      renewedAfter.push(waited)
      waited = 0
    }
    expect(renewedAfter).toEqual([1, 2, 4, 8, 16, 32, 60, 60].slice(0, renewedAfter.length))
    expect(renewedAfter.length).toBeGreaterThan(6)
    await request()
    clock.now += 120_000
    expect(await authentication.renew?.(await request())).toBe(true)
    clock.now += 1000
    expect(await authentication.renew?.(await request())).toBe(true)
    expect(postForm.mock.calls.length).toBe(renewedAfter.length + 3)
  })

  test.each([
    ['no token', { access_token: undefined }],
    ['a token that could end the header field', { access_token: 'secret-token\r\nx: y' }],
    ['a token of another type', { token_type: 'DPoP' }],
    ['no token_type', { token_type: undefined }],
    ['a lifetime that is not a number', { expires_in: '3600' }],
    ['a lifetime of zero', { expires_in: 0 }],
  ])('treats an answer with %s as malformed, and does not quote it', async (_, answer) => {
    const failing = setUp({}, answer).sent()
    await expect(failing).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    await expect(failing).rejects.not.toThrow('secret-token')
  })

  test('does not show the secret or the token', async () => {
    const { authentication, sent } = setUp()
    await sent()
    expect(JSON.stringify(authentication)).toBe('{"method":"Bearer","clientId":"api"}')
  })

  test.each([
    ['no client authentication', { clientAuthentication: undefined }, /^clientCredentials.clientAuthentication: /],
    ['an unknown option', { scopes: 'a' }, /^clientCredentials.scopes: /],
    ['a scope of the wrong form', { scope: 'a"' }, /^clientCredentials.scope: /],
    [
      'a parameter that the client sets itself',
      { parameters: { client_secret: 'x' } },
      /^clientCredentials.parameters.client_s/,
    ],
    ['a parameter that is not a string', { parameters: { resource: 5 } }, /^clientCredentials.parameters.resource: /],
    ['an endpoint over http', { tokenEndpoint: 'http://as.example.com' }, /^clientCredentials.tokenEndpoint: /],
  ])('refuses %s', (_, options, message) => {
    expect(() => setUp(options as never)).toThrow(TypeError)
    expect(() => setUp(options as never)).toThrow(message)
  })

  test('needs an endpoint when there is no issuer, and always a client', () => {
    const { client } = setUp()
    const authentication = clientCredentials({ clientAuthentication })
    expect(() => authentication.prepare?.({ ...client, issuer: undefined })).toThrow(/tokenEndpoint: /)
    expect(() => authentication.authenticate({ endpoint: '', issuer, headers: {}, parameters: {} })).toThrow(TypeError)
  })
})
