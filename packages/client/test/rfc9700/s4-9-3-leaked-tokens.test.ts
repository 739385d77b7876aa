import {
  clientSecretBasic,
  clientSecretPost,
  IntrospectionClient,
  type IntrospectionClientEvent,
} from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { clientSecret, token } from '../hostile-answers.ts'
import { expectNoSecrets } from '../secrets.ts'

const failures: Record<string, () => Promise<Response>> = {
  'an answer that repeats the token': () => Promise.resolve(Response.json({ active: true, exp: token, iss: token })),
  'an issuer that repeats the token': () => Promise.resolve(Response.json({ active: true, iss: token })),
  'an error that repeats the token': () =>
    Promise.resolve(Response.json({ error: token, error_description: clientSecret }, { status: 400 })),
  'a page that repeats the token': () =>
    Promise.resolve(new Response(`<p>${token}`, { headers: { 'content-type': 'text/html' } })),
  'a body that repeats the token': () =>
    Promise.resolve(new Response(`{"${token}`, { headers: { 'content-type': 'application/json' } })),
  'a lost connection': () => Promise.reject(new TypeError('fetch failed')),
}

describe.each(Object.keys(failures))('after %s', (name) => {
  test.each([clientSecretBasic('api', clientSecret), clientSecretPost('api', clientSecret)])(
    'SEC-11 neither the error nor the event holds the token or the secret ($method)',
    async (clientAuthentication) => {
      const events: IntrospectionClientEvent[] = []
      const client = new IntrospectionClient({
        issuer: 'https://as.example.com',
        endpoint: 'https://as.example.com/introspect',
        clientAuthentication,
        transport: { fetch: failures[name] as () => Promise<Response> },
        onEvent: (event) => events.push(event),
      })
      const error = (await client.introspect(token).catch((reason: unknown) => reason)) as { code: string }
      expect(error.code).toMatch(/^ERR_/)
      expect(events).toHaveLength(1)
      expectNoSecrets(error, events)
      const request = new Request('https://api.example.com', { headers: { authorization: `Bearer ${token}` } })
      expectNoSecrets(await client.guard({ audience: false })(request))
    },
  )
})

test.each([
  ['active', { active: true }],
  ['inactive', { active: false }],
])('SEC-11 the event for an %s token does not hold the token', async (_, body) => {
  const events: IntrospectionClientEvent[] = []
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', clientSecret),
    transport: { fetch: () => Promise.resolve(Response.json({ ...body, sub: token })) },
    onEvent: (event) => events.push(event),
  })
  await client.introspect(token)
  expect(events).toHaveLength(1)
  expectNoSecrets(events)
})

test('SEC-11 neither the client nor its authentication shows the secret when it is printed', () => {
  for (const clientAuthentication of [clientSecretBasic('api', clientSecret), clientSecretPost('api', clientSecret)]) {
    const client = new IntrospectionClient({ issuer: 'https://as.example.com', clientAuthentication })
    expectNoSecrets(client, clientAuthentication)
  }
})
