/** What the client says when the URL of the endpoint is wrong. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expect, test } from 'vitest'

const page = { headers: { 'content-type': 'text/html' } }

test.each<[title: string, answer: () => Response, code: string, part: string]>([
  ['a page', () => new Response('<h1>Sign in</h1>', page), 'ERR_RESPONSE_MALFORMED', 'This is a page for people'],
  ['404', () => new Response('', { ...page, status: 404 }), 'ERR_TRANSPORT_STATUS', 'no introspection endpoint'],
  ['405', () => new Response('', { ...page, status: 405 }), 'ERR_TRANSPORT_STATUS', 'no introspection endpoint'],
  ...[301, 302, 303, 307, 308].map((status): [string, () => Response, string, string] => [
    `${status}`,
    () => new Response(null, { status, headers: { location: '/sign-in' } }),
    'ERR_TRANSPORT_STATUS',
    'The endpoint may have another URL',
  ]),
])('an answer that is %s names the option endpoint', async (_, answer, code, part) => {
  await using client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspection',
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: { fetch: () => Promise.resolve(answer()) },
    onWarning: false,
  })
  const error = await client.introspect('t0ken').catch((reason: unknown) => reason as Error)
  expect(error).toMatchObject({ code })
  expect((error as Error).message).toContain(part)
  expect((error as Error).message).toMatch(/\bendpoint\b/)
})
