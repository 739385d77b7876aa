import { expect, test } from 'vitest'
import { readServeConfiguration } from './serve-configuration.ts'

const resource = { id: 'orders-api', secret: 'long-enough', audiences: ['https://orders.example.com'] }
const client = { id: 'web', secret: 'long-enough' }

test('a client may ask for every audience unless it has its own', () => {
  const { clients } = readServeConfiguration({
    protectedResources: [resource, { ...resource, id: 'b', audiences: ['b'] }],
    clients: [
      { ...client, scope: 'a b' },
      { ...client, id: 'other', audiences: ['b'] },
    ],
  })
  expect(clients).toEqual([
    { ...client, scope: ['a', 'b'], audiences: ['https://orders.example.com', 'b'] },
    { ...client, id: 'other', scope: [], audiences: ['b'] },
  ])
})

test.each([
  ['no object', [], /^options: must be an object/],
  ['no resource', { protectedResources: [], clients: [client] }, /^protectedResources: must be an array of 1 to 100/],
  ['too many clients', { protectedResources: [resource], clients: Array.from({ length: 101 }) }, /^clients: must be/],
  [
    'a misspelt member',
    { protectedResources: [{ ...resource, scopes: [] }], clients: [client] },
    /^protectedResources\[0\]\.scopes: unknown/,
  ],
  [
    'a short secret',
    { protectedResources: [resource], clients: [{ ...client, secret: 'hunter2' }] },
    /^clients\[0\]\.secret: must have at least 8/,
  ],
  [
    'no identifier',
    { protectedResources: [resource], clients: [{ secret: 'long-enough' }] },
    /^clients\[0\]\.id: is required/,
  ],
  ['no audience', { protectedResources: [{ ...resource, audiences: [] }], clients: [client] }, /audiences: must name/],
  [
    'an identifier twice',
    { protectedResources: [resource, resource], clients: [client] },
    /^protectedResources\[1\]\.id: occurs twice/,
  ],
])('refuses %s', (_, value, message) => {
  expect(() => readServeConfiguration(value)).toThrow(message)
  expect(() => readServeConfiguration(value)).not.toThrow(/hunter2|long-enough/)
})
