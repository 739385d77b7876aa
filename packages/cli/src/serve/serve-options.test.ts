import { describe, expect, test } from 'vitest'
import { checkHost, issuerOf, knownHosts, localUrl } from './serve-options.ts'

const flags = { port: 9000, host: '127.0.0.1', expiresIn: 60 }

describe('checkHost', () => {
  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('accepts %s', (host) => {
    expect(() => checkHost({ ...flags, host })).not.toThrow()
  })

  test.each(['0.0.0.0', '::', '192.168.1.2', 'as', '127.0.0.1.example.com'])('refuses %s', (host) => {
    expect(() => checkHost({ ...flags, host })).toThrow(/--dangerously-allow-network/)
    expect(() => checkHost({ ...flags, host, dangerouslyAllowNetwork: true })).not.toThrow()
  })
})

describe('issuerOf', () => {
  test('is the address of the server by default', () => {
    expect(issuerOf(flags, 9001)).toBe('http://127.0.0.1:9001')
    expect(issuerOf({ ...flags, host: '::1' }, 9001)).toBe('http://[::1]:9001')
  })

  test.each(['https://as.example.com/t1', 'http://as:9000'])('accepts %s', (issuer) => {
    expect(issuerOf({ ...flags, issuer }, 9000)).toBe(issuer)
  })

  test.each(['as', 'ftp://as', 'https://as?x', 'https://as#x', 'https://me@as'])('refuses %s', (issuer) => {
    expect(() => issuerOf({ ...flags, issuer }, 9000)).toThrow(/^--issuer .*RFC 8414 §2/)
  })
})

test('a server that listens everywhere is reached on loopback', () => {
  expect(localUrl('0.0.0.0', 9000)).toBe('http://127.0.0.1:9000')
  expect(localUrl('::', 9000)).toBe('http://127.0.0.1:9000')
})

test('the server answers to the name of its issuer and of its host', () => {
  expect(knownHosts({ ...flags, host: '0.0.0.0' }, 'http://as:9000')).toEqual(['as', '0.0.0.0'])
  expect(knownHosts(flags, 'https://as.example.com')).toEqual(['as.example.com'])
})
