import { expect, test } from 'vitest'
import { compareIssuers } from './compare-issuers.ts'

test.each([
  ['the same', 'https://as.example.com', 'https://as.example.com', 'same'],
  ['a slash at the end', 'https://as.example.com', 'https://as.example.com/', 'slash'],
  ['a slash after a path', 'https://as.example.com/acme/', 'https://as.example.com/acme', 'slash'],
  ['another port', 'https://as.example.com', 'https://as.example.com:8443', 'name'],
  ['another scheme', 'http://as.example.com', 'https://as.example.com', 'name'],
  ['this machine and its public name', 'http://127.0.0.1:9000', 'https://as.example.com', 'name'],
  ['a public name and this machine', 'https://as.example.com', 'http://localhost:9000', 'name'],
  ['a public name and the address of this machine', 'https://as.example.com', 'http://127.0.0.1:9000', 'name'],
  ['a name inside a network', 'http://as:9000', 'https://as.example.com', 'name'],
  ['a public name and one inside a network', 'https://as.example.com', 'http://as:9000', 'name'],
  ['an address', 'http://10.0.0.5:9000', 'https://as.example.com', 'name'],
  ['one realm under two names', 'https://a.example.com/realms/acme', 'https://b.example.org/realms/acme', 'name'],
  ['two public names without a path', 'https://a.example.com', 'https://b.example.org', 'other'],
  ['another realm', 'https://as.example.com/realms/acme', 'https://as.example.com/realms/other', 'other'],
] as const)('%s', (_, configured, named, difference) => {
  expect(compareIssuers(configured, named)).toBe(difference)
})
