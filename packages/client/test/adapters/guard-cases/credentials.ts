/** Spellings of the credentials in the `Authorization` field. */
import { malformed } from './expected-refusal.ts'
import type { AllowedCase, RefusedCase } from './guard-case.ts'
import { bearer, presenting } from './sent-request.ts'
import { token } from './valid-token.ts'

export const brokenCredentials: readonly RefusedCase[] = [
  ['no token after the scheme', presenting('Bearer'), malformed],
  ['two tokens', presenting('Bearer abc def'), malformed],
  ['a tab after the scheme', presenting('Bearer\tabc'), malformed],
  ['quotes', presenting('Bearer "abc"'), malformed],
  ['a parameter', presenting('Bearer token=abc'), malformed],
  ['octets that are not ASCII', presenting('Bearer ab\u00e9'), malformed],
  ['a comma in the token', presenting('Bearer abc,def'), malformed],
  ['two Authorization fields', presenting(`Bearer ${token}`, 'Bearer def'), malformed],
  ['one Authorization field twice', presenting(`Bearer ${token}`, `Bearer ${token}`), malformed],
  ['a token before other credentials', presenting(`Bearer ${token}`, 'Basic Zm9vOmJhcg=='), malformed],
  ['a token after other credentials', presenting('Basic Zm9vOmJhcg==', `Bearer ${token}`), malformed],
  ['two Authorization fields joined into one', presenting(`Bearer ${token}, Bearer def`), malformed],
  ['two schemes joined into one field', presenting(`Basic Zm9vOmJhcg==, Bearer ${token}`), malformed],
]

export const goodCredentials: readonly AllowedCase[] = [
  ['a good token', bearer, { sub: 'alice' }, { 'cache-control': undefined }],
  ['a scheme in lower case', presenting(`bearer ${token}`), { sub: 'alice' }],
  ['a scheme in capitals', presenting(`BEARER   ${token}`), { sub: 'alice' }],
  ['a field name in lower case', { fields: [['authorization', `Bearer ${token}`]] }, { sub: 'alice' }],
  ['a token with HEAD', { ...bearer, method: 'HEAD' }, { sub: 'alice' }],
  ['a token with OPTIONS', { ...bearer, method: 'OPTIONS' }, { sub: 'alice' }],
]
