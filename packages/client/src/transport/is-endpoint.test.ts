import { describe, expect, test } from 'vitest'
import { isEndpoint } from './is-endpoint.ts'

describe('isEndpoint', () => {
  test.each([
    'https://as.example.com/introspect',
    'https://as.example.com',
    'https://as.example.com:8443/i?tenant=a&x=%23',
    'https://10.0.0.1/i',
  ])('accepts %s', (url) => {
    expect(isEndpoint(new URL(url), {})).toBe(true)
  })

  test.each([
    'http://as.example.com/introspect',
    'http://localhost/introspect',
    'https://as.example.com/introspect#x',
    'https://as.example.com/introspect#',
    'https://user@as.example.com/',
    'https://:password@as.example.com/',
    'wss://as.example.com/',
    'data:application/json,{"active":true}',
  ])('refuses %s', (url) => {
    expect(isEndpoint(new URL(url), {})).toBe(false)
  })

  test('accepts http on loopback only with the option', () => {
    const rules = { allowHttpOnLoopback: true }
    expect(isEndpoint(new URL('http://[::1]:9000/i'), rules)).toBe(true)
    expect(isEndpoint(new URL('http://as.example.com/i'), rules)).toBe(false)
    expect(isEndpoint(new URL('http://localhost/i#x'), rules)).toBe(false)
    expect(isEndpoint(new URL('http://user@localhost/i'), rules)).toBe(false)
  })
})
