import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
  customClientAuthentication,
  IntrospectionClient,
  rotatingClientSecret,
  supportedClientAuthentication,
  tlsClientAuth,
} from '@token-introspection/client'
import { describe, expect, onTestFinished, test } from 'vitest'

const issuer = 'https://as.example.com'
const post = clientSecretPost('api', 'p0st-secret')
const basic = clientSecretBasic('api', 'b4sic-secret')

/** A client that prefers the secret in the form, and a server that names these methods. */
function createClient(
  supported: readonly string[] | undefined,
  methods: readonly ClientAuthentication[] = [post, basic],
) {
  const as = { supported, status: 200 }
  const clock = { ms: 1_764_000_000_000 }
  const requests: { authorization: string | null; form: URLSearchParams; signature: string | null }[] = []
  const client = new IntrospectionClient({
    issuer,
    clientAuthentication: supportedClientAuthentication(methods),
    onWarning: false,
    now: () => clock.ms,
    transport: {
      metadataMaxAgeSeconds: 60,
      fetch: (url, init) => {
        if (!url.endsWith('/introspect')) {
          const introspection_endpoint_auth_methods_supported = as.supported
          const introspection_endpoint = `${issuer}/introspect`
          return Promise.resolve(
            Response.json({ issuer, introspection_endpoint, introspection_endpoint_auth_methods_supported }),
          )
        }
        const headers = new Headers(init.headers)
        const form = new URLSearchParams(init.body as string)
        requests.push({ authorization: headers.get('authorization'), form, signature: headers.get('signature') })
        return Promise.resolve(Response.json({ active: true }, { status: as.status }))
      },
    },
  })
  onTestFinished(() => client.close())
  const used = async () => {
    await client.introspect('token')
    return requests.at(-1)?.authorization === null ? 'client_secret_post' : 'client_secret_basic'
  }
  /** Lets the metadata grow old, so that a call fetches them again, and waits for them. */
  const renew = async () => {
    clock.ms += 90_000_000
    await client.introspect('token').catch(() => undefined)
  }
  return { client, as, requests, used, renew }
}

describe('supportedClientAuthentication', () => {
  test.each<[readonly string[] | undefined, string]>([
    [['client_secret_basic', 'client_secret_post'], 'client_secret_post'],
    [['private_key_jwt', 'client_secret_basic'], 'client_secret_basic'],
    [undefined, 'client_secret_post'],
  ])('takes, of a server that names %j, %s', async (supported, method) => {
    const { used, requests } = createClient(supported)
    expect(await used()).toBe(method)
    expect(requests[0]?.form.has('client_secret')).toBe(method === 'client_secret_post')
  })

  test.each([[['private_key_jwt']], [[]]])('sends nothing to a server that names %j', async (supported) => {
    const { client, requests } = createClient(supported)
    await expect(client.introspect('token')).rejects.toMatchObject({
      code: 'ERR_TRANSPORT_METHOD_UNSUPPORTED',
      retryable: false,
    })
    expect(await client.check()).toMatchObject({ ok: false, step: 'credentials', side: 'resource_server' })
    expect(requests).toHaveLength(0)
  })

  test('does not go over to a weaker method by itself', async () => {
    const { client, as, used, renew, requests } = createClient(['client_secret_post'])
    expect(await used()).toBe('client_secret_post')
    as.supported = ['client_secret_basic']
    await renew()
    await expect(client.introspect('token')).rejects.toThrow(
      /no longer name client_secret_post, .* weaker client_secret_basic/,
    )
    expect(requests.every(({ authorization }) => authorization === null)).toBe(true)
    as.supported = ['client_secret_post']
    await renew()
    expect(await used()).toBe('client_secret_post')
  })

  test('goes over to a stronger method as soon as the metadata name it', async () => {
    const { as, used, renew } = createClient(['client_secret_basic'])
    expect(await used()).toBe('client_secret_basic')
    as.supported = ['client_secret_basic', 'client_secret_post']
    await renew()
    expect(await used()).toBe('client_secret_post')
  })

  test('has the signature, the advice and the renewal of the chosen method', async () => {
    const secrets = ['old', 'new']
    // Each request takes the next one, and so does the renewal after a refusal.
    const nextSecret = (): string => (secrets.length > 1 ? secrets.shift() : secrets[0]) as string
    const rotating = rotatingClientSecret('api', nextSecret, { method: 'client_secret_post' })
    const signing = customClientAuthentication({
      method: 'client_secret_basic',
      clientId: 'api',
      authenticate: () => undefined,
      signRequest: () => ({ signature: 'signed' }),
    })
    const signed = createClient(['client_secret_basic'], [rotating, signing])
    await signed.client.introspect('token')
    expect(signed.requests[0]?.signature).toBe('signed')
    const { client, as, requests } = createClient(['client_secret_post'], [rotating, signing])
    as.status = 401
    await expect(client.introspect('token')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED' })
    expect(requests.map(({ form }) => form.get('client_secret'))).toEqual(['old', 'new'])
    expect(requests[0]?.signature).toBeNull()
    const advised = createClient(['client_secret_basic'], [post, clientSecretBasic('api', 'has:%')])
    advised.as.status = 401
    await expect(advised.client.introspect('token')).rejects.toThrow(/try encoding: 'raw'/)
  })

  test.each<[string, unknown, RegExp]>([
    ['no array', basic, /^methods: must be an array/],
    ['one method', [basic], /^methods: must be an array of two to 8/],
    ['nine methods', Array.from({ length: 9 }, () => basic), /^methods: must be an array of two to 8/],
    ['something else', [basic, 'client_secret_post'], /^methods: must hold client authentications/],
    ['a method with a certificate', [tlsClientAuth('api'), basic], /^methods: must not hold tls_client_auth/],
    ['two identifiers', [basic, clientSecretPost('other', 's3cr3t')], /^methods: .* the same client identifier/],
  ])('refuses %s', (_what, methods, message) => {
    expect(() => supportedClientAuthentication(methods as never)).toThrow(TypeError)
    expect(() => supportedClientAuthentication(methods as never)).toThrow(message)
  })

  test('needs an issuer, and a client', () => {
    const clientAuthentication = supportedClientAuthentication([post, basic])
    expect(() => new IntrospectionClient({ endpoint: `${issuer}/introspect`, clientAuthentication })).toThrow(
      /^issuer: /,
    )
    const draft = { endpoint: `${issuer}/introspect`, issuer, headers: {}, parameters: {} }
    expect(() => clientAuthentication.authenticate(draft)).toThrow(/^supportedClientAuthentication: /)
  })

  test('shows no secret', () => {
    expect(JSON.stringify(supportedClientAuthentication([post, basic]))).not.toMatch(/secret"/)
  })
})
