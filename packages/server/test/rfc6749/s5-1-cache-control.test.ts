/** RFC 6749 §5.1: caches must not store answers with tokens or about tokens. */
import { expect, test } from 'vitest'
import { createEndpoint, post, send, token, type WireRequest } from '../endpoint.ts'

const active = { token: token('active') }

test.each<[status: number, WireRequest]>([
  [200, post(active)],
  [200, post({ token: 'tkn-unknown' })],
  [400, post('')],
  [401, post(active, { authorization: undefined })],
  [405, post('', {}, { method: 'GET' })],
  [406, post(active, { accept: 'application/token-introspection+jwt' })],
  [413, post('a'.repeat(40_000))],
  [415, post('{}', { 'content-type': 'application/json' })],
])('ERR-17 sends no-store with %i', async (status, request) => {
  const { handler } = await createEndpoint()
  const response = await send(handler, request)
  expect(response).toMatchObject({ status, headers: { 'cache-control': 'no-store', pragma: 'no-cache' } })
})

test.each([
  [500, { authorization: { allow: () => Promise.reject(new Error('a bug')) } }],
  [503, { lookup: { store: { find: () => Promise.reject(new Error('down')) } } }],
])('ERR-17 sends no-store with %i', async (status, changes) => {
  const { handler } = await createEndpoint(changes)
  const response = await send(handler, post(active))
  expect(response).toMatchObject({ status, headers: { 'cache-control': 'no-store', pragma: 'no-cache' } })
})
