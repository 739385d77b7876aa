import { expect, test } from 'vitest'
import { KnownSecrets } from './known-secrets.ts'
import { noteCredentials, showRequest } from './shown-request.ts'

const sent = {
  method: 'POST',
  url: 'https://as.example.com/introspect',
  headers: { authorization: 'Basic d2ViOnMzY3JldA==', accept: 'application/json', cookie: 'session=1' },
  body: 'token=s3cret-token&client_secret=s3cret&client_assertion=e.y.J&token_type_hint=access_token',
}

test('hides credentials by their place, although nobody noted them', () => {
  const shown = showRequest(sent, new KnownSecrets())
  expect(shown).toEqual({
    method: 'POST',
    url: 'https://as.example.com/introspect',
    headers: { authorization: 'Basic (credentials)', accept: 'application/json', cookie: '(credentials)' },
    parameters: {
      token: '(the token)',
      client_secret: '(the secret)',
      client_assertion: '(a JWT that authenticates the caller)',
      token_type_hint: 'access_token',
    },
  })
})

test('hides noted secrets everywhere', () => {
  const secrets = new KnownSecrets()
  secrets.add('s3cret', 'secret')
  const { url, parameters } = showRequest({ ...sent, url: 'https://as/?key=s3cret', body: 'tenant=s3cret' }, secrets)
  expect([url, parameters]).toEqual(['https://as/?key=(secret)', { tenant: '(secret)' }])
})

test('notes the credentials of a request, so that they are hidden where a server repeats them', () => {
  const secrets = new KnownSecrets()
  noteCredentials(sent, secrets)
  expect(secrets.hide(`assertion e.y.J, field ${sent.headers.authorization}`)).toBe(
    'assertion (a JWT that authenticates the caller), field Basic (credentials)',
  )
})
