import { encodeBasicCredentials } from '@token-introspection/core'
import { expect, test } from 'vitest'
import { KnownSecrets } from './known-secrets.ts'

const SECRET = 'a secret: 100%é'

test.each([
  ['as it is', SECRET],
  ['form-encoded', new URLSearchParams({ s: SECRET }).toString().slice(2)],
  ['percent-encoded', encodeURIComponent(SECRET)],
  ['in Basic credentials', encodeBasicCredentials({ clientId: 'web', clientSecret: SECRET }).slice(6)],
  [
    'in Basic credentials without form-encoding',
    encodeBasicCredentials({ clientId: 'web', clientSecret: SECRET }, 'raw').slice(6),
  ],
])('hides a client secret %s', (_, form) => {
  const secrets = new KnownSecrets()
  secrets.addClientSecret('web', SECRET)
  expect(secrets.hide(`before ${form} after`)).toMatch(/^before \((secret|credentials) of web\) after$/)
})

test('hides a secret in JSON', () => {
  const secrets = new KnownSecrets()
  secrets.add('pa"ss\\word', 'secret')
  expect(secrets.hide(JSON.stringify({ echo: 'pa"ss\\word' }))).toBe('{"echo":"(secret)"}')
})

test('keeps the first name of a secret', () => {
  const secrets = new KnownSecrets()
  secrets.add('s3cret', 'secret of web')
  secrets.add('s3cret', 'secret')
  expect(secrets.hide('s3cret')).toBe('(secret of web)')
})

test('hides the secret of a client whose identifier is a URL', () => {
  const secrets = new KnownSecrets()
  secrets.addClientSecret('https://orders.example.com', SECRET)
  expect(secrets.hide(SECRET)).toBe('(secret of https://orders.example.com)')
})

test('hides the longer of two secrets first', () => {
  const secrets = new KnownSecrets()
  secrets.add('token', 'short')
  secrets.add('token-of-alice', 'long')
  expect(secrets.hide('token-of-alice, token')).toBe('(long), (short)')
})

test('leaves text alone that is too short to be a secret', () => {
  const secrets = new KnownSecrets()
  secrets.add('a', 'letter')
  expect(secrets.hide('banana')).toBe('banana')
})

test('shows control characters of what is left', () => {
  expect(new KnownSecrets().show('\u001b[2J')).toBe('\\u001b[2J')
})
