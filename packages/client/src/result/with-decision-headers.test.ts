import { describe, expect, test } from 'vitest'
import { withDecisionHeaders } from './with-decision-headers.ts'

const decision = { headers: { 'cache-control': 'private', 'dpop-nonce': 'n1' } }

describe('withDecisionHeaders', () => {
  test('adds the fields of the decision to the response itself', () => {
    const response = new Response('orders', { headers: { etag: '"1"' } })
    expect(withDecisionHeaders(response, decision)).toBe(response)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      etag: '"1"',
      'cache-control': 'private',
      'dpop-nonce': 'n1',
    })
  })

  test.each([
    ['no-store', 'no-store'],
    ['private, max-age=5', 'private, max-age=5'],
    ['public, s-maxage=60, max-age=5', 'private, max-age=5'],
  ])('makes Cache-Control: %s no weaker', (own, expected) => {
    const response = withDecisionHeaders(new Response(null, { headers: { 'cache-control': own } }), decision)
    expect(response.headers.get('cache-control')).toBe(expected)
  })

  test('copies a response whose fields cannot be changed', async () => {
    const fetched = await fetch('data:text/plain,orders')
    expect(() => fetched.headers.set('a', 'b')).toThrow(TypeError)
    const response = withDecisionHeaders(fetched, decision)
    expect([response.status, await response.text()]).toEqual([200, 'orders'])
    expect(response.headers.get('cache-control')).toBe('private')
    const redirect = withDecisionHeaders(Response.redirect('https://orders.example.com/'), decision)
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, 'https://orders.example.com/'])
    expect(redirect.headers.get('dpop-nonce')).toBe('n1')
  })

  test('returns a response as it is when there is nothing to add', () => {
    const redirect = Response.redirect('https://orders.example.com/')
    expect(withDecisionHeaders(redirect, { headers: {} })).toBe(redirect)
  })

  test('returns a network error as it is', () => {
    const failed = Response.error()
    expect(withDecisionHeaders(failed, decision)).toBe(failed)
  })

  test('returns a switch to another protocol as it is', () => {
    // No `Response` of Node has this status, but that of Workers has.
    const upgraded = { status: 101, headers: new Headers() } as Response
    expect(withDecisionHeaders(upgraded, decision)).toBe(upgraded)
    expect([...upgraded.headers]).toEqual([])
  })
})
