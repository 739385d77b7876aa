import { expect, test } from 'vitest'
import { guardedRoute } from './guarded-route.ts'

test('lets the route of the guide ask an authorization server on this machine, with its secret in a function', () => {
  const route = guardedRoute('protect/next.md', 'Guard a Next API')
  expect(route).toContain("issuer: 'https://as.example.com', endpoint: process.env.INTROSPECTION_ENDPOINT")
  expect(route).toContain("() => process.env['ORDERS_API_SECRET']")
  expect(route).toContain("audience: 'urn:orders'")
  expect(route).not.toContain(': Request')
})

test.each([
  ['a guide whose example names no issuer', 'protect/next.md', 'Guard several routes'],
  ['a heading without an example', 'protect/next.md', 'Test it'],
])('refuses %s', (_, guide, heading) => {
  expect(() => guardedRoute(guide, heading)).toThrow(`docs/${guide}: `)
})
