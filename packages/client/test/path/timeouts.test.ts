/** The message of a call whose time is over says what it has waited for, and where. */
import { clientCredentials, clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expect, test } from 'vitest'

const issuer = 'https://as.example.com'
const metadata = {
  issuer,
  introspection_endpoint: `${issuer}/introspect?key=hunter2`,
  token_endpoint: `${issuer}/token`,
}

/** An authorization server that answers at some URLs, and never at others. */
function createClient(silent: string, credentials = clientSecretBasic('api', 's3cr3t')) {
  return new IntrospectionClient({
    issuer,
    clientAuthentication: credentials,
    onWarning: false,
    transport: {
      deadlineMs: 100,
      retry: false,
      fetch: async (request) => {
        const { url } = new Request(request)
        if (url.includes(silent)) return new Promise(() => undefined)
        return Response.json(url.includes('well-known') ? metadata : { active: false })
      },
    },
  })
}

const token = 'mF_9.B5f-4.1JqM'

test.each([
  ['well-known', /^metadata of https:\/\/as\.example\.com: no answer within 100 ms/],
  ['/introspect', /^introspection at https:\/\/as\.example\.com\/introspect: no answer within 100 ms/],
])('silence at %s', async (silent, message) => {
  await using client = createClient(silent)
  const error: unknown = await client.introspect(token).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', message: expect.stringMatching(message) as string })
  expect(String(error)).not.toMatch(/hunter2|mF_9|s3cr3t/)
})

test('silence at the token endpoint', async () => {
  const inner = clientSecretBasic('api', 's3cr3t')
  await using client = createClient('/token', clientCredentials({ clientAuthentication: inner }))
  const error: unknown = await client.introspect(token).catch((thrown: unknown) => thrown)
  const message =
    /^credentials \(Bearer\) for introspection at https:\/\/as\.example\.com\/introspect: no answer within 100 ms/
  expect(error).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', message: expect.stringMatching(message) as string })
})
