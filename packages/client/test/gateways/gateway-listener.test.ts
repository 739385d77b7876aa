/** The Node form of a gateway handler, for `node:http` and for frameworks on it. */
import { createGatewayHandler, toGatewayListener } from '@token-introspection/client/gateway'
import express from 'express'
import { expect, test } from 'vitest'
import { byName, serve } from '../adapters/guard-fixtures.ts'

const handler = createGatewayHandler(byName, {
  gateway: 'envoy',
  isTrustedGateway: (address) => address === '127.0.0.1',
  pathPrefix: '/authorize',
  forward: { 'X-Auth-Subject': 'sub' },
})
const authorization = 'Bearer alice'

test('answers every method and path, and leaves the body alone', async () => {
  const origin = await serve(toGatewayListener(handler))
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'QUERY']) {
    const response = await fetch(`${origin}/authorize/a/b?c`, { method, headers: { authorization } })
    expect([response.status, response.headers.get('x-auth-subject'), await response.text()]).toEqual([200, 'alice', ''])
  }
  const body = 'a=b&'.repeat(50_000)
  const response = await fetch(`${origin}/authorize/`, { method: 'POST', body })
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="a"'])
})

test('sees the whole path below a router of Express', async () => {
  const app = express().use('/authorize', toGatewayListener(handler))
  const response = await fetch(`${await serve(app)}/authorize/orders`, { headers: { authorization } })
  expect([response.status, response.headers.get('x-auth-subject')]).toEqual([200, 'alice'])
})

test('closes the connection when it cannot answer, so that the gateway lets nothing pass', async () => {
  const broken = { handle: () => Promise.reject(new Error('a bug')) }
  await expect(fetch(await serve(toGatewayListener(broken)))).rejects.toThrow()
})
