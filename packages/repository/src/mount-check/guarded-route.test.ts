import { expect, test } from 'vitest'
import { guardedRoute } from './guarded-route.ts'

test('lets the route of the guide ask an authorization server on this machine, with its secret in a function', () => {
  const route = guardedRoute()
  expect(route).toContain("issuer: 'https://as.example.com', endpoint: process.env.INTROSPECTION_ENDPOINT")
  expect(route).toContain("() => process.env['ORDERS_API_SECRET']")
  expect(route).toContain("audience: 'urn:orders'")
  expect(route).not.toContain(': Request')
})
