import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expect, test } from 'vitest'
import { useAuthorizationServer } from '../scripted-authorization-server.ts'

const as = useAuthorizationServer()
const client = new IntrospectionClient({
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('api', 'secret'),
})

test('SEC-21 sends the authorization server nothing about the guarded request', async () => {
  as.answer({ active: true })
  const headers = {
    authorization: 'Bearer abc',
    cookie: 'session=1',
    'user-agent': 'Browser/1.0',
    'x-forwarded-for': '203.0.113.7',
    forwarded: 'for=203.0.113.7',
    referer: 'https://shop.example.com/basket',
  }
  await client.guard({ audience: false })(new Request('https://api.example.com/orders?of=alice', { headers }))
  const [request] = as.requests
  expect([...(request?.form ?? [])]).toEqual([['token', 'abc']])
  const sent = new Set(request?.headers.keys())
  for (const hopByHop of ['connection', 'content-length', 'host']) sent.delete(hopByHop)
  expect([...sent].toSorted()).toEqual(['accept', 'accept-encoding', 'authorization', 'content-type', 'user-agent'])
})

test('SEC-21 sends more only when the caller gives parameters', async () => {
  as.answer({ active: true })
  await client.introspect('abc', { parameters: { client_ip: '203.0.113.7' } })
  expect([...(as.requests[0]?.form ?? [])]).toEqual([
    ['token', 'abc'],
    ['client_ip', '203.0.113.7'],
  ])
})
