import { expect, test } from 'vitest'
import { sayUnknown, suggest } from './say-unknown.ts'

test('names the nearest option, and those that are known', () => {
  expect(sayUnknown('polcy', ['policy', 'cache'])).toBe(
    'unknown option (did you mean policy?); known here: policy, cache',
  )
})

test.each([
  ['timeout', ['deadlineMs', 'retry'], 'deadlineMs'],
  ['timeout', ['timeoutMs'], 'timeoutMs'],
  ['introspection_endpoint', ['issuer', 'endpoint'], 'endpoint'],
  ['issuerBaseURL', ['issuer', 'endpoint'], 'issuer'],
  ['clientId', ['clientAuthentication'], 'clientAuthentication'],
  ['clientSecret', ['clientAuthentication', 'clientSecrets'], 'clientAuthentication'],
  ['clients', ['protectedResources'], 'protectedResources'],
])('knows that %s of another library is meant for one of %j', (word, known, meant) => {
  expect(suggest(word, known)).toBe(` (did you mean ${meant}?)`)
})

test.each(['timeout', 'constructor', '__proto__', 'toString'])('suggests nothing for %s where nothing fits', (word) => {
  expect(suggest(word, ['issuer'])).toBe('')
})
